#!/usr/bin/env python3
"""Opens what the links of the back office lead to: `crawl.py http://127.0.0.1:8000 var/demo.json`.

It needs nothing but Python, so it can be run where only what the service needs is installed. Ends with 1 and the
addresses of all pages that did not open.
"""

import json
import re
import sys
from collections import Counter, deque
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

START = "/admin/"
OF_A_KIND = 2  # pages of the same route
ELSEWHERE = ("/logout/", "/photo/")  # a photo lies on its provider's server, and those of the demo have none
LINK = re.compile(r'href="([^"#]+)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def signed_in(site: str, name: str, password: str) -> OpenerDirector:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    address = f"{site}{START}login/?{urlencode({'next': START})}"
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', _text(browser, address))
    asked = {"username": name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
    page = browser.open(address, urlencode(asked).encode())
    if page.url != site + START:
        raise SystemExit(f"{name} is not let in: {page.url}")
    return browser


def crawl(browser: OpenerDirector, site: str) -> tuple[int, list[str]]:
    """How many pages opened, and which did not."""
    waiting, known, kinds, failed, opened = deque([START]), {START}, Counter(), [], 0
    while waiting:
        address = waiting.popleft()
        try:
            page = _text(browser, site + address)
        except HTTPError as error:
            failed.append(f"{error.code} {address}")
            continue
        opened += 1
        for link in LINK.findall(page):
            target = urljoin(address, link.replace("&amp;", "&"))
            kind = ID.sub("N", target.split("?")[0]) + "?" * ("?" in target)
            is_ours = target.startswith(START) and not any(word in target for word in ELSEWHERE)
            if is_ours and target not in known and kinds[kind] < OF_A_KIND:
                kinds[kind] += 1
                known.add(target)
                waiting.append(target)
    return opened, failed


def _text(browser: OpenerDirector, address: str) -> str:
    with browser.open(address, timeout=60) as answer:
        content = answer.read()
        return content.decode() if "html" in answer.headers.get("Content-Type", "") else ""


if __name__ == "__main__":
    site, secrets = sys.argv[1:]
    known = json.loads(Path(secrets).read_text())
    opened, failed = crawl(signed_in(site, known["admin_user"], known["admin_password"]), site)
    sys.stdout.write("\n".join([f"Back office: {opened} pages opened, {len(failed)} did not.", *failed, ""]))
    sys.exit(bool(failed) or opened < 100)

"""What a colleague does in the back office, in the words of one."""

import os
import re
from itertools import count
from pathlib import Path

WIDE, NARROW = {"width": 1400, "height": 1000}, {"width": 390, "height": 844}
PICTURES = os.environ.get("TOMP_TEST_PICTURES")  # a folder: what is looked at is photographed there, wide and narrow
SEND = """
async ([address, answers]) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({csrfmiddlewaretoken: token, ...answers});
    return (await fetch(address, {method: "POST", body})).status;
}
"""


class Colleague:
    """One window of the browser. What is named is named as the page shows it."""

    def __init__(self, page, name, *, refused):
        self.page = page
        self.name = name
        self.refused = refused  # addresses whose answer is an error because the test asks for it
        self.number = count(1)

    @property
    def dialog(self):
        return self.page.locator("#dialog")

    def opens(self, address):
        """By a bookmark, or a link that somebody sent."""
        answer = self.page.goto(address)
        assert answer.status == 200, f"{address} answers {answer.status}"
        self.looks()

    def follows(self, name):
        """A link of the page; those of the menu at the side are `goes_to`."""
        with self.page.expect_navigation():
            self.page.locator("#main a:visible").filter(has_text=name).first.click()
        self.looks()

    def begins_a_new_one(self):
        """Of what the list is about."""
        with self.page.expect_navigation():
            self.page.locator("#main a[href*='/add/']:visible").first.click()
        self.looks()

    def goes_to(self, name):
        """By the menu at the side."""
        with self.page.expect_navigation():
            self.page.locator("#nav-sidebar a:visible").filter(has_text=_last(name)).first.click()
        self.looks()

    def menu(self):
        """Where all of it leads."""
        links = self.page.locator("#nav-sidebar a[href^='/admin/']").all()
        return sorted({link.get_attribute("href") for link in links})

    def searches(self, text, choose):
        """In the box that Ctrl+K opens, and opens what it found."""
        self.page.wait_for_load_state()  # before that, nobody listens to the keys
        self.page.keyboard.press("Control+k")
        self.page.locator("#search-input-command").press_sequentially(text)
        found = self.page.locator("#command-results a", has_text=choose).first
        found.wait_for()
        self.looks()
        with self.page.expect_navigation():
            found.click()
        self.looks()

    def presses(self, name, *, menu=""):
        """A button that asks: its dialog is open afterwards."""
        self.page.wait_for_load_state()
        if menu:
            self.page.locator("a[x-on\\:click*=actionDropdownOpen]", has_text=menu).click()
        self.page.locator("a:visible, button:visible").filter(has_text=_last(name)).first.click()
        self.dialog.wait_for()
        self.looks()

    def fills(self, **answers):
        """Fields of the open dialog, or of the page, by the names they are sent under."""
        form = self.dialog if self.dialog.count() else self.page
        for name, answer in answers.items():
            field = form.locator(f"[name='{name}']").last
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(answer, force=True)
            elif field.get_attribute("type") == "radio":
                form.locator(f"[name='{name}'][value='{answer}']").check(force=True)
            elif field.get_attribute("type") == "checkbox":
                field.set_checked(answer, force=True)
            else:
                field.fill(answer)

    def draws(self, *corners):
        """An area on the map of the page, by its corners in pixels from the middle of the map."""
        canvas = self.page.locator(".drawing-map")
        canvas.locator(".map-tile").first.wait_for()
        canvas.scroll_into_view_if_needed()
        self.page.locator(".drawing-tools [data-act=draw]").click()
        box = canvas.bounding_box()
        for x, y in corners:
            self.page.mouse.click(box["x"] + box["width"] / 2 + x, box["y"] + box["height"] / 2 + y)
        self.page.locator(".drawing-tools [data-act=done]").click()
        self.looks()

    def says_why(self, reason):
        self.fills(reason=reason)

    def is_shown(self, effect):
        """What would be different, before anything is."""
        self.page.locator("#effect").get_by_text(effect).first.wait_for()
        self.looks()

    def submits(self):
        """The open dialog; where it is accepted, the page comes again."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            self.dialog.locator("button[type=submit]").click()
        if "hx-redirect" in answered.value.headers:
            self.page.wait_for_load_state("domcontentloaded")
            self.dialog.wait_for(state="detached")

    def closes(self):
        """The dialog, for nothing."""
        self.dialog.get_by_text("Cancel").click()
        self.dialog.wait_for(state="hidden")

    def sends(self, name):
        """A form of the page, by its button."""
        with self.page.expect_navigation():
            self.page.locator("button:visible, input[type=submit]:visible").and_(
                self.page.get_by_role("button", name=name)
            ).first.click()
        self.looks()

    def chooses(self, action, *rows):
        """An action of the list for these rows; its questions are open afterwards."""
        for row in rows:
            self.page.locator("#result_list tr", has_text=row).locator("input.action-select").check(force=True)
        self.page.locator("select[name=action]").select_option(label=action, force=True)
        with self.page.expect_navigation():
            self.page.locator("button[name=index]:visible, button:visible", has_text="Run").first.click()
        self.looks()

    def is_told(self, text):
        self.page.get_by_text(text).locator("visible=true").first.wait_for()
        self.looks()

    sees = is_told

    def is_not_offered(self, *names):
        """No link or button begins with these words; what is behind its icon is its name."""
        shown = self.page.locator("#main a:visible, #main button:visible").all_inner_texts()
        words = {line.strip() for text in shown if text for line in text.splitlines()}
        assert [each for each in words if each.startswith(tuple(f"{name} " for name in names)) or each in names] == []

    def is_refused(self, address):
        self.refused.add(address)
        assert self.page.goto(address).status == 403
        self.sees("ask an administrator")

    def sends_by_hand(self, address, **answers):
        """What no button of theirs would send, with the token of the page they are on; the status of the answer."""
        self.refused.add(address)
        return self.page.evaluate(SEND, [address, answers])

    def downloads(self, name):
        """The file behind a link, as it was saved."""
        with self.page.expect_download() as saving:
            self.page.locator("a:visible").filter(has_text=name).first.click()
        return Path(saving.value.path())

    def looks(self):
        """Takes pictures, where a folder for them is named."""
        if not PICTURES:
            return
        self.page.wait_for_load_state("networkidle")
        stem = f"{self.name}-{next(self.number):02}"
        for suffix, size in (("wide", WIDE), ("narrow", NARROW)):
            self.page.set_viewport_size(size)
            self.page.screenshot(path=Path(PICTURES) / f"{stem}-{suffix}.png")
        self.page.set_viewport_size(WIDE)


def _last(name):
    """Behind the name of its icon."""
    return re.compile(rf"{re.escape(name)}\s*$")

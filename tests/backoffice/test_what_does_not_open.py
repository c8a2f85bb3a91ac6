"""A page that does not open says why, and where to go on."""


def test_whoever_may_not_is_told_whom_to_ask(signed_in):
    answer = signed_in("view_asset").get("/admin/auth/user/", headers={"Accept-Language": "en"})

    assert answer.status_code == 403
    assert "<h1>This page is not open to you</h1>" in answer.content.decode()
    assert "ask an administrator" in answer.content.decode()
    assert '<a href="/admin/">' in answer.content.decode()


def test_where_nothing_is_the_way_leads_to_the_first_page(client, db):
    answer = client.get("/nothing/", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert "<h1>There is no such page</h1>" in answer.content.decode()
    assert '<a href="/">' in answer.content.decode()

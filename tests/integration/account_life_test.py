"""The main job: a CRM opens, funds, changes, reads and closes an account over REST."""

import uuid


def test_a_crm_opens_and_funds_an_account(rest, server, sim):
    opened = rest.post(f"{server}/accounts", {
        "account": {"group": "demo\\retail-usd", "name": "Ann Smith", "leverage": 100,
                    "contact": {"email": "ann@example.com", "country": "Germany"}},
        "mainPassword": "Str0ng!pass", "investorPassword": "Inv3stor!pw",
    })
    assert opened.status == 200, opened
    login = opened.body["login"]
    assert opened.body["currencyCode"] == "USD"
    assert opened.body["balance"] == "0.00"
    account = f"{server}/accounts/{login}"

    key = str(uuid.uuid4())
    deposit = {"balanceOperation": {"type": "DEPOSIT", "amount": "1000.00", "comment": "Visa 4242"}}
    first = rest.post(f"{account}/balanceOperations", deposit, Idempotency_Key=key)
    assert first.status == 200, first
    assert first.headers["operation-id"] == key
    assert "operation-replayed" not in first.headers
    again = rest.post(f"{account}/balanceOperations", deposit, Idempotency_Key=key)
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["operation-replayed"] == "true"
    assert len(sim.call("ListDeals", login=int(login)).deals) == 1

    withdrawal = rest.post(f"{account}/balanceOperations", {"balanceOperation": {"type": "WITHDRAWAL", "amount": "200.00"}})
    assert withdrawal.status == 200, withdrawal
    assert rest.get(account).body["balance"] == "800.00"

    changed = rest.request("PATCH", account, {"leverage": 200, "group": "real\\standard-usd", "contact": {"phone": "+49 30 1"}})
    assert changed.status == 200, changed
    assert (changed.body["leverage"], changed.body["group"]) == (200, "real\\standard-usd")
    assert changed.body["contact"]["email"] == "ann@example.com", "fields that are not in the body stay as they are"

    assert rest.post(f"{account}:setPassword", {"type": "MAIN", "password": "N3w!passwd"}).status == 200
    assert rest.post(f"{account}:checkPassword", {"type": "MAIN", "password": "N3w!passwd"}).body == {"valid": True}
    assert rest.post(f"{account}:checkPassword", {"type": "MAIN", "password": "Str0ng!pass"}).body == {"valid": False}

    state = rest.get(f"{account}/tradeState")
    assert (state.status, state.body["equity"], state.body["marginState"]) == (200, "800.00", "NORMAL")
    statistics = rest.get(f"{account}/statistics")
    assert (statistics.body["deposits"], statistics.body["withdrawals"]) == ("1000.00", "-200.00")

    listed = rest.get(f"{account}/balanceOperations").body["balanceOperations"]
    assert [(item["type"], item["amount"], item["comment"]) for item in listed] == [
        ("DEPOSIT", "1000.00", "Visa 4242"), ("WITHDRAWAL", "200.00", "")]

    assert rest.post(f"{account}:disable", {}).body["rights"]["enabled"] is False
    assert rest.post(f"{account}:setReadOnly", {}).body["rights"]["readOnly"] is True
    assert rest.post(f"{account}:enable", {}).body["rights"] == {
        "enabled": True, "readOnly": False, "passwordChangeAllowed": True, "expertAdvisorsAllowed": True,
        "trailingStopsAllowed": True, "reportsEnabled": True}

    operation = rest.get(f"{server}/operations/{key}").body
    assert (operation["state"], operation["kind"], operation["balanceOperation"]["amount"]) == (
        "APPLIED", "BALANCE_OPERATION", "1000.00")

    assert rest.request("DELETE", account).status == 200
    gone = rest.get(account)
    assert (gone.status, gone.reason) == (404, "ACCOUNT_NOT_FOUND")


def test_the_demo_world_is_not_empty(rest, server):
    accounts = rest.get(f"{server}/accounts?pageSize=5").body
    assert len(accounts["accounts"]) == 5
    assert accounts["nextPageToken"]
    groups = rest.get(f"{server}/groups").body["groups"]
    assert "demo\\retail-usd" in [group["name"] for group in groups]


def test_a_given_login_is_taken_once(rest, server):
    body = {"account": {"login": "70001", "group": "demo\\retail-usd", "name": "Bo"},
            "mainPassword": "Str0ng!pass", "investorPassword": "Inv3stor!pw"}
    assert rest.post(f"{server}/accounts", body).body["login"] == "70001"
    second = rest.post(f"{server}/accounts", body)
    assert (second.status, second.reason, second.outcome) == (409, "LOGIN_TAKEN", "REJECTED")


def test_lists_are_filtered_and_paged(rest, server, new_account):
    marker = f"Marker{uuid.uuid4().hex[:8]}"
    logins = sorted(new_account(name=f"{marker} {number}", contact={"country": "Malta"}) for number in range(5))
    found, token = [], ""
    for _ in range(4):
        page = rest.get(f"{server}/accounts?name={marker.lower()}&country=malta&pageSize=2&pageToken={token}").body
        found += [int(account["login"]) for account in page["accounts"]]
        token = page["nextPageToken"]
        if not token:
            break
    assert found == logins
    assert rest.get(f"{server}/accounts?name={marker}&enabled=false").body["accounts"] == []
    assert rest.get(f"{server}/accounts?name={marker}&groupMask=real*").body["accounts"] == []


def test_batches_answer_per_item(rest, server, new_account):
    login = new_account()
    key = str(uuid.uuid4())
    body = {"requests": [
        {"login": login, "balanceOperation": {"type": "DEPOSIT", "amount": "10.00"}},
        {"login": 999999, "balanceOperation": {"type": "DEPOSIT", "amount": "10.00"}},
        {"login": login, "balanceOperation": {"type": "DEPOSIT", "amount": "-1"}},
        {"login": login, "balanceOperation": {"type": "CREDIT_IN", "amount": "5.00"}},
    ]}
    first = rest.post(f"{server}/balanceOperations:batchCreate", body, Idempotency_Key=key)
    assert first.status == 200, first
    results = first.body["results"]
    assert [result["operationId"] for result in results] == [f"{key}.{number}" for number in range(4)]
    assert results[0]["balanceOperation"]["amount"] == "10.00"
    assert results[3]["balanceOperation"]["type"] == "CREDIT_IN"
    assert [result["error"]["details"][0]["reason"] for result in results[1:3]] == ["ACCOUNT_NOT_FOUND", "AMOUNT_NOT_POSITIVE"]
    again = rest.post(f"{server}/balanceOperations:batchCreate", body, Idempotency_Key=key).body["results"]
    assert [result.get("balanceOperation") for result in again] == [result.get("balanceOperation") for result in results]
    assert rest.get(f"{server}/accounts/{login}").body["balance"] == "10.00"

    opened = rest.post(f"{server}/accounts:batchCreate", {"requests": [
        {"account": {"group": "demo\\retail-usd", "name": f"Batch {number}"},
         "mainPassword": "Str0ng!pass", "investorPassword": "Inv3stor!pw"} for number in range(3)]})
    logins = [result["account"]["login"] for result in opened.body["results"]]
    assert len(set(logins)) == 3
    read = rest.get(f"{server}/accounts:batchGet?logins={logins[0]}&logins=999999&logins={logins[2]}").body["results"]
    assert read[0]["account"]["login"] == logins[0]
    assert read[1]["error"]["details"][0]["reason"] == "ACCOUNT_NOT_FOUND"
    assert read[2]["account"]["login"] == logins[2]


def test_validate_only_changes_nothing(rest, server, new_account, sim):
    login = new_account(deposit="100.00")
    before = len(sim.call("ListDeals", login=login).deals)
    account = f"{server}/accounts/{login}"
    checked = rest.post(f"{account}/balanceOperations",
                        {"balanceOperation": {"type": "WITHDRAWAL", "amount": "40.00"}, "validateOnly": True})
    assert checked.status == 200, checked
    too_much = rest.post(f"{account}/balanceOperations",
                         {"balanceOperation": {"type": "WITHDRAWAL", "amount": "100.01"}, "validateOnly": True})
    assert (too_much.status, too_much.reason) == (400, "INSUFFICIENT_FREE_MARGIN")
    assert rest.request("DELETE", f"{account}?validateOnly=true").status == 200
    assert rest.get(account).body["balance"] == "100.00"
    assert len(sim.call("ListDeals", login=login).deals) == before
    dry = rest.request("PATCH", f"{account}?validateOnly=true", {"leverage": 300})
    assert (dry.status, dry.body["leverage"], dry.body["balance"]) == (200, 300, "100.00"), dry
    assert rest.get(account).body["leverage"] == 100
    weak = rest.post(f"{account}:setPassword", {"type": "MAIN", "password": "weak", "validateOnly": True})
    assert (weak.status, weak.reason) == (400, "PASSWORD_TOO_WEAK")


def test_deals_and_statistics_of_a_traded_account(rest, server, new_account, sim):
    login = new_account(deposit="50000.00")
    seeded = sim.call("SeedHistory", login=login, trade_count=40, days=30, seed=3)
    deals, token = [], ""
    for _ in range(20):
        page = rest.get(f"{server}/accounts/{login}/deals?pageSize=15&pageToken={token}").body
        deals += page["deals"]
        token = page["nextPageToken"]
        if not token:
            break
    assert len(deals) == seeded.deal_count + 1
    assert len({deal["ticket"] for deal in deals}) == len(deals)
    statistics = rest.get(f"{server}/accounts/{login}/statistics").body
    assert statistics["tradeCount"] == "40"
    assert statistics["days"][-1]["closingBalance"] == rest.get(f"{server}/accounts/{login}").body["balance"]

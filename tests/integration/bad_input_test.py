"""Bad input: a clear error with a reason, the field and the outcome; never a 5xx, and nothing changed."""

import json
import uuid

import pytest
from rest import Rest

GOOD_ACCOUNT = {"group": "demo\\retail-usd", "name": "Ann", "leverage": 100}
PASSWORDS = {"mainPassword": "Str0ng!pass", "investorPassword": "Inv3stor!pw"}
BACKWARDS = "startTime=2026-02-01T00:00:00Z&endTime=2026-01-01T00:00:00Z"
DEPOSIT = {"type": "DEPOSIT", "amount": "5.00"}


def create(account=None, **fields):
    return {"account": GOOD_ACCOUNT | (account or {})} | PASSWORDS | fields


@pytest.mark.parametrize(("body", "status", "reason", "field"), [
    (create({"group": "no\\such"}), 400, "GROUP_NOT_FOUND", "account.group"),
    (create({"group": ""}), 400, "FIELD_REQUIRED", "account.group"),
    (create({"leverage": 1001}), 400, "LEVERAGE_OUT_OF_RANGE", "account.leverage"),
    (create({"leverage": -1}), 400, "LEVERAGE_OUT_OF_RANGE", "account.leverage"),
    (create({"name": "x" * 128}), 400, "FIELD_TOO_LONG", "account.name"),
    (create(mainPassword="weak"), 400, "PASSWORD_TOO_WEAK", "mainPassword"),
    (create(investorPassword=""), 400, "FIELD_REQUIRED", "investorPassword"),
    (create({"login": "-5"}), 400, "FIELD_INVALID", "account.login"),
    (create({"login": "2147483648"}), 400, "LOGIN_OUT_OF_RANGE", "account.login"),
])
def test_create_account(rest, server, sim, body, status, reason, field):
    before = sim.call("GetStatus").account_count
    answer = rest.post(f"{server}/accounts", body)
    assert (answer.status, answer.reason, answer.outcome) == (status, reason, "REJECTED"), answer
    assert answer.body["violations"][0]["field"] == field, answer
    assert sim.call("GetStatus").account_count == before


@pytest.mark.parametrize(("operation", "reason", "field"), [
    ({"type": "DEPOSIT", "amount": "-5.00"}, "AMOUNT_NOT_POSITIVE", "balanceOperation.amount"),
    ({"type": "DEPOSIT", "amount": "0"}, "AMOUNT_NOT_POSITIVE", "balanceOperation.amount"),
    ({"type": "DEPOSIT", "amount": "1.005"}, "AMOUNT_TOO_PRECISE", "balanceOperation.amount"),
    ({"type": "DEPOSIT", "amount": "1e3"}, "FIELD_INVALID", "balanceOperation.amount"),
    ({"type": "DEPOSIT", "amount": "2000000000"}, "AMOUNT_TOO_LARGE", "balanceOperation.amount"),
    ({"type": "DEPOSIT"}, "FIELD_REQUIRED", "balanceOperation.amount"),
    ({"amount": "5.00"}, "FIELD_INVALID", "balanceOperation.type"),
    ({"type": "WITHDRAWAL", "amount": "100.01"}, "INSUFFICIENT_FREE_MARGIN", None),
    ({"type": "CREDIT_OUT", "amount": "1.00"}, "INSUFFICIENT_CREDIT", None),
    ({"type": "DEPOSIT", "amount": "5.00", "comment": "nineteen characters"}, "COMMENT_TOO_LONG", "balanceOperation.comment"),
])
def test_balance_operation(rest, server, sim, new_account, operation, reason, field):
    login = new_account(deposit="100.00")
    answer = rest.post(f"{server}/accounts/{login}/balanceOperations", {"balanceOperation": operation})
    assert (answer.status, answer.reason, answer.outcome) == (400, reason, "REJECTED"), answer
    assert field is None or answer.body["violations"][0]["field"] == field, answer
    assert len(sim.call("ListDeals", login=login).deals) == 1


@pytest.mark.parametrize(("change", "reason"), [
    ({"leverage": 0}, "LEVERAGE_OUT_OF_RANGE"),
    ({"leverage": 1001}, "LEVERAGE_OUT_OF_RANGE"),
    ({"balance": "5000.00"}, "FIELD_NOT_MUTABLE"),
    ({"group": "demo\\retail-eur"}, "GROUP_CURRENCY_DIFFERS"),
    ({"group": "no\\such"}, "GROUP_NOT_FOUND"),
    ({"name": "x" * 128}, "FIELD_TOO_LONG"),
    ({}, "UPDATE_MASK_INVALID"),
])
def test_update_account(rest, server, new_account, change, reason):
    login = new_account(deposit="1.00")
    before = rest.get(f"{server}/accounts/{login}").body
    answer = rest.request("PATCH", f"{server}/accounts/{login}", change)
    assert (answer.status, answer.reason, answer.outcome) == (400, reason, "REJECTED"), answer
    assert rest.get(f"{server}/accounts/{login}").body == before


@pytest.mark.parametrize(("method", "path", "status", "reason"), [
    ("GET", "/v1/servers/nowhere", 404, "SERVER_NOT_FOUND"),
    ("GET", "/v1/servers/nowhere/accounts/1", 404, "SERVER_NOT_FOUND"),
    ("GET", "{server}/accounts/999999", 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "{server}/accounts/999999/tradeState", 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "{server}/accounts/999999/statistics", 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "{server}/accounts/999999/deals", 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "{server}/accounts/999999/balanceOperations", 404, "ACCOUNT_NOT_FOUND"),
    ("DELETE", "{server}/accounts/999999", 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "{server}/accounts/ann", 400, "FIELD_INVALID"),
    ("GET", "{server}/accounts?pageSize=-1", 400, "FIELD_INVALID"),
    ("GET", "{server}/accounts?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("GET", "{server}/accounts/1/balanceOperations?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("GET", "{server}/accounts/1/deals?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("GET", "{server}/groups?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("GET", "{server}/operations?pageToken=rubbish", 400, "PAGE_TOKEN_INVALID"),
    ("GET", "{server}/operations/never-used", 404, "OPERATION_NOT_FOUND"),
    ("GET", f"{{server}}/accounts/1/deals?{BACKWARDS}", 400, "TIME_RANGE_INVALID"),
    ("GET", f"{{server}}/accounts/1/balanceOperations?{BACKWARDS}", 400, "TIME_RANGE_INVALID"),
    ("GET", f"{{server}}/accounts/1/statistics?{BACKWARDS}", 400, "TIME_RANGE_INVALID"),
    ("GET", "/v1/nothing", 404, "NO_SUCH_METHOD"),
    ("PUT", "{server}/accounts/1", 405, "NO_SUCH_METHOD"),
])
def test_reads_and_paths(rest, server, method, path, status, reason):
    answer = rest.request(method, path.format(server=server))
    assert (answer.status, answer.reason) == (status, reason), answer


@pytest.mark.parametrize(("method", "path", "body"), [
    ("PATCH", "", {"leverage": 50}),
    ("POST", ":setPassword", {"type": "MAIN", "password": "Str0ng!pass"}),
    ("POST", ":checkPassword", {"type": "MAIN", "password": "Str0ng!pass"}),
    ("POST", ":enable", {}),
    ("POST", ":disable", {}),
    ("POST", ":setReadOnly", {}),
    ("POST", "/balanceOperations", {"balanceOperation": DEPOSIT}),
])
def test_accounts_that_are_not_there(rest, server, method, path, body):
    answer = rest.request(method, f"{server}/accounts/999999{path}", body)
    assert (answer.status, answer.reason) == (404, "ACCOUNT_NOT_FOUND"), answer
    assert answer.outcome == ("" if path == ":checkPassword" else "REJECTED"), answer
    assert answer.body["metadata"]["login"] == "999999", answer


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "accounts:batchCreate", {"requests": [create()] * 101}),
    ("POST", "balanceOperations:batchCreate", {"requests": [{"login": "1", "balanceOperation": DEPOSIT}] * 101}),
    ("GET", "accounts:batchGet?" + "&".join(f"logins={login}" for login in range(1, 502)), None),
])
def test_batches_have_a_limit(rest, server, sim, method, path, body):
    before = sim.call("GetStatus").account_count
    answer = rest.request(method, f"{server}/{path}", body)
    assert (answer.status, answer.reason) == (400, "BATCH_TOO_LARGE"), answer
    assert answer.body["metadata"]["max_items"] in answer.body["detail"], answer
    assert sim.call("GetStatus").account_count == before


@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PATCH", {"group": "demo\\netting-usd"})])
def test_open_positions_forbid_some_changes(rest, server, sim, new_account, method, body):
    login = new_account(deposit="1000.00")
    sim.call("OpenPosition", login=login, symbol="EURUSD", side="BUY", volume="0.10")
    answer = rest.request(method, f"{server}/accounts/{login}", body)
    assert (answer.status, answer.reason, answer.outcome) == (400, "OPEN_POSITIONS_FORBID_CHANGE", "REJECTED"), answer
    assert rest.get(f"{server}/accounts/{login}").body["group"] == "demo\\retail-usd"


def test_a_page_token_belongs_to_its_query(rest, server):
    token = rest.get(f"{server}/accounts?pageSize=1").body["nextPageToken"]
    assert rest.get(f"{server}/accounts?pageSize=2&pageToken={token}").status == 200
    other = rest.get(f"{server}/accounts?pageSize=1&name=Ann&pageToken={token}")
    assert (other.status, other.reason) == (400, "PAGE_TOKEN_INVALID")


@pytest.mark.parametrize("body", [
    '{"account": {"group": "demo\\\\retail-usd"',
    '[]',
    '{"accuont": {}}',
    json.dumps(create()) + "rubbish",
    '{"account": {"leverage": "many"}}',
])
def test_json_is_strict(rest, server, body):
    answer = rest.post(f"{server}/accounts", body)
    assert answer.status == 400, answer
    assert answer.reason in ("MALFORMED_REQUEST", "FIELD_INVALID"), answer
    assert answer.headers["content-type"] == "application/problem+json"


def test_bodies_have_a_limit(rest, server):
    answer = rest.post(f"{server}/accounts", json.dumps({"account": {"name": "x" * (2 << 20)}}))
    assert (answer.status, answer.reason) == (413, "MESSAGE_TOO_LARGE")


def test_an_operation_id_is_for_one_request(rest, server, new_account):
    login = new_account()
    path, key = f"{server}/accounts/{login}/balanceOperations", str(uuid.uuid4())
    deposit = {"balanceOperation": {"type": "DEPOSIT", "amount": "5.00"}}
    assert rest.post(path, deposit, Idempotency_Key=key).status == 200
    other = {"balanceOperation": {"type": "DEPOSIT", "amount": "6.00"}}
    answer = rest.post(path, other, Idempotency_Key=key)
    assert (answer.status, answer.reason, answer.outcome) == (409, "OPERATION_ID_REUSED", "REJECTED"), answer
    long_key = rest.post(path, deposit, Idempotency_Key="x" * 65)
    assert (long_key.status, long_key.reason) == (400, "OPERATION_ID_INVALID")


def test_keys(suite, rest, server):
    missing = Rest(suite.url, "").get(f"{server}/accounts")
    assert (missing.status, missing.reason) == (401, "API_KEY_MISSING")
    assert missing.headers["www-authenticate"].startswith("Bearer")
    wrong = Rest(suite.url, "mts_dev_" + "x" * 43).get(f"{server}/accounts")
    assert (wrong.status, wrong.reason) == (401, "API_KEY_INVALID")


def test_a_key_does_only_what_it_may(suite, server, make_key, new_account):
    login = new_account(deposit="10.00")
    reader = Rest(suite.url, make_key("reader", scopes="accounts.read"))
    assert reader.get(f"{server}/accounts/{login}").status == 200
    refused = reader.post(f"{server}/accounts/{login}/balanceOperations",
                          {"balanceOperation": {"type": "DEPOSIT", "amount": "5.00"}})
    assert (refused.status, refused.reason, refused.outcome) == (403, "SCOPE_MISSING", "REJECTED"), refused
    assert refused.body["metadata"]["scope"] == "funds.write"
    elsewhere = Rest(suite.url, make_key("elsewhere", scopes="accounts.read", servers="other"))
    assert elsewhere.get(f"{server}/accounts/{login}").reason == "SERVER_NOT_ALLOWED"

"""A closed loop of REST calls over kept-alive connections, from several processes: Python's one thread per process must not be
what is measured. Prints one JSON line like grpc_load."""

import argparse
import http.client
import json
import multiprocessing
import pathlib
import time
import uuid


def loop(arguments: argparse.Namespace, place: int, results: multiprocessing.Queue) -> None:
    """One connection's calls until the end; puts its latencies in microseconds."""
    key = arguments.key_file.read_text().strip()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", arguments.port)
    measure_from = time.monotonic() + arguments.warmup
    end = measure_from + arguments.duration
    latencies, errors, number = [], 0, place
    while (start := time.monotonic()) < end:
        login = arguments.first_login + number % arguments.login_count
        number += arguments.concurrency
        path = f"/v1/servers/{arguments.server}/accounts/{login}"
        if arguments.call == "get_account":
            connection.request("GET", path, headers=headers)
        else:
            body = json.dumps({"balanceOperation": {"type": "DEPOSIT", "amount": "1.00"}})
            connection.request("POST", f"{path}/balanceOperations", body, headers | {"Idempotency-Key": str(uuid.uuid4())})
        answer = connection.getresponse()
        answer.read()
        now = time.monotonic()
        if answer.status != 200:
            errors += 1
        elif start >= measure_from and now < end:
            latencies.append((now - start) * 1e6)
    results.put((latencies, errors))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--call", choices=("get_account", "deposit"), default="get_account")
    parser.add_argument("--server", default="mt5-demo")
    parser.add_argument("--first-login", type=int, default=1000)
    parser.add_argument("--login-count", type=int, default=1)
    parser.add_argument("--key-file", type=pathlib.Path, required=True)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--warmup", type=float, default=1)
    parser.add_argument("--duration", type=float, default=5)
    arguments = parser.parse_args()
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=loop, args=(arguments, place, results)) for place in range(arguments.concurrency)]
    for worker in workers:
        worker.start()
    latencies, errors = [], 0
    for _ in workers:
        more, failed = results.get()
        latencies += more
        errors += failed
    for worker in workers:
        worker.join()
    latencies.sort()

    def percentile(share: float) -> float:
        return latencies[min(len(latencies) - 1, int(len(latencies) * share))] if latencies else 0.0

    print(json.dumps({"calls": len(latencies), "errors": errors, "seconds": arguments.duration,
                      "per_second": round(len(latencies) / arguments.duration),
                      "p50_us": round(percentile(0.50)), "p99_us": round(percentile(0.99))}))


if __name__ == "__main__":
    main()

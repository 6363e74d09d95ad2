"""What the trading tests share: accounts as they were, positions behind the API's back, and requests that are held."""

import concurrent.futures
import time

from sim import Sim

WAIT_SECONDS = 20
HELD_MILLISECONDS = 30_000


def login_of(account: str) -> int:
    return int(account.rsplit("/", 1)[1])


def truth(sim: Sim, account: str) -> tuple:
    """Everything that trading could change, as the simulated server has it."""
    login = login_of(account)
    return ([(it.ticket, it.volume, it.stop_loss, it.take_profit) for it in sim.call("ListPositions", login=login).positions],
            [(it.ticket, it.volume, it.price, it.stop_loss, it.take_profit) for it in sim.call("ListOrders", login=login).orders],
            [it.ticket for it in sim.call("ListDeals", login=login).deals])


def open_behind(sim: Sim, account: str, symbol: str, side: str = "BUY", volume: str = "0.10", price: str = "43000",
                **more) -> str:
    """Opens a position as its owner would in a terminal, whatever the symbol's terms; returns its path."""
    position = sim.call("OpenPosition", login=login_of(account), symbol=symbol, side=side, volume=volume, price=price,
                        **more)
    return f"{account}/positions/{position.ticket}"


def while_held(sim: Sim, account: str, request, meanwhile):
    """Sends a trade, holds it in the trading server's queue while something else happens there, lets it go, and returns the
    answer."""
    sim.add_fault("TRADE_DELAY", login=login_of(account), delay_ms=HELD_MILLISECONDS, count=1)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(request)
        deadline = time.monotonic() + WAIT_SECONDS
        while sim.call("GetStatus").queued_trade_count == 0:
            assert time.monotonic() < deadline and not answer.done(), "the trade did not come to the trading server"
            time.sleep(0.005)
        meanwhile()
        sim.call("ClearFaults")
        return answer.result(WAIT_SECONDS)

"""What does an answer cost, and how does that grow with the number of rows?"""

from bench import load, service
from bench.charts import Chart
from bench.measuring import Table, alternated, median, quantiles, shown

ROUNDS, SECONDS = 9, 0.5  # many short ones: what disturbs the machine for a while disturbs all variants alike
THREADS = 1  # of each client: as many connections as web processes, so that nobody waits for a turn


def asked(clients, processes, requests, yardstick=None, constant=None):
    """{name: samples}: each request of the product, and the constant answer of a bare Django view, in turns.

    `constant` are requests of the process that is the yardstick.
    """
    for sent in requests.values():
        clients.get(processes["product"].port, sent, 0.2, THREADS)  # prepared and cached, in each web process
    variants = {BARE: _sampler(clients, processes["Django"], load.request("GET", "/", {}))}
    variants |= {name: _sampler(clients, yardstick, sent) for name, sent in (constant or {}).items()}
    variants |= {name: _sampler(clients, processes["product"], sent) for name, sent in requests.items()}
    return alternated(variants, ROUNDS)


def _sampler(clients, process, sent):
    return lambda: service.measured(process, lambda: clients.get(process.port, sent, SECONDS, THREADS))


BARE = "bare Django view, constant"


def core_ms(samples):
    """Milliseconds of a core for one answer, in Python and in PostgreSQL."""
    return median(samples, lambda each: each.cpu_ms("web")), median(samples, lambda each: each.cpu_ms("database"))


def growth(title, noun, by_size, note):
    """A table with a line per request and a column per size, and a chart of the same."""
    sizes = list(by_size)
    names = list(by_size[sizes[-1]])
    rows, lines = [], {}
    for name in names:
        cells, points = [], []
        for size in sizes:
            samples = by_size[size][name]
            web, database = core_ms(samples)
            points.append((size, web + database))
            waited = "; ".join(map(shown, quantiles(samples, "GET")[:2]))
            cells.append(f"{shown(web)} + {shown(database)}; {waited}")
        rows.append((name, *cells))
        lines[name] = points
    columns = ("CPU ms in Python + PostgreSQL; p50; p95 ms", *(f"{size:,} {noun}" for size in sizes))
    return Table(title, columns, rows, note, Chart(title, noun, "ms of a core per answer", lines))

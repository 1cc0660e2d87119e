"""`orch map` beside networkx and rustworkx: the same figures, and how long each takes.

    python3 benches/map.py target/release/orch [--large]       needs networkx and rustworkx from PyPI

For each graph: exact betweenness, articulation points and bridges by each library, once as the calls alone and once as
a process like orch's, which reads the snapshot and writes what it found; and `orch map --format json`, which finds
these and everything else. rustworkx has betweenness by hops only. Ratios are of processes.
"""
import json, os, random, resource, subprocess, sys, tempfile, time

def graph(agents, links, latencies, seed=7):
    rng, seen = random.Random(seed), set()
    while len(seen) < links:
        a, b = rng.randrange(agents), rng.randrange(agents)
        if a != b:
            seen.add((min(a, b), max(a, b)))
    draw = {"hops": lambda: 0, "whole": lambda: rng.randint(1, 120), "fine": lambda: round(rng.uniform(0.1, 100), 4)}
    return [(a, b, draw[latencies]()) for a, b in sorted(seen)]


def timed(work):
    """Answer and seconds of wall clock."""
    begin = time.perf_counter()
    return work(), time.perf_counter() - begin


def name(i):
    return f"a{i:06}"


def written(path, agents, edges):
    links = [{"from": name(a), "to": name(b), **({"latency_ms": x} if x else {})} for a, b, x in edges]
    with open(path, "w") as f:
        json.dump({"version": 1, "agents": [{"id": name(i)} for i in range(agents)], "network": {"links": links}}, f)


def process(command):
    """Seconds of wall clock and of CPU of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, seconds = timed(lambda: subprocess.run(command, check=True))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime - before.ru_utime


def by_orch(orch, path, out, agents):
    seconds, cpu = process([orch, "map", path, "--format", "json", "--output", out])
    topology = json.load(open(out))["network_topology"]
    between = [topology["nodes"][name(i)]["betweenness"] for i in range(agents)]
    cuts = topology["bottlenecks"]
    return (between, len(cuts["articulation_points"]), len(cuts["bridges"])), seconds, cpu


def by_networkx(agents, edges):
    import networkx as nx

    g = nx.Graph()
    g.add_weighted_edges_from(edges)
    weight = "weight" if all(x > 0 for _, _, x in edges) else None
    between = nx.betweenness_centrality(g, weight=weight)
    return [between.get(i, 0.0) for i in range(agents)], len(list(nx.articulation_points(g))), len(list(nx.bridges(g)))


def by_rustworkx(agents, edges):
    import rustworkx as rx

    g = rx.PyGraph(multigraph=False)
    names = sorted({v for e in edges for v in e[:2]})
    place = dict(zip(names, g.add_nodes_from(names)))
    g.add_edges_from([(place[a], place[b], x) for a, b, x in edges])
    between = rx.betweenness_centrality(g)
    return [between[place[i]] if i in place else 0.0 for i in range(agents)], len(rx.articulation_points(g)), len(rx.bridges(g))


LIBRARIES = {"networkx": by_networkx, "rustworkx": by_rustworkx}


def as_process(library, path, out):
    """What a process of a library does: reads the snapshot, works, writes."""
    snapshot = json.load(open(path))
    index = {a["id"]: i for i, a in enumerate(snapshot["agents"])}
    edges = [(index[l["from"]], index[l["to"]], l.get("latency_ms", 0)) for l in snapshot["network"]["links"]]
    between, points, bridges = LIBRARIES[library](len(index), edges)
    json.dump({"betweenness": dict(zip(index, between)), "points": points, "bridges": bridges}, open(out, "w"))


def main():
    orch, large = os.path.abspath(sys.argv[1]), "--large" in sys.argv
    cases = [(1000, 10_000, "hops"), (1000, 10_000, "whole"), (1000, 1_100, "hops"), (1000, 10_000, "fine")]
    print("agents   links paths by   orch: s (CPU)  library     calls s  process s  process / orch  differ by")
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "snapshot.json"), os.path.join(folder, "map.json")
        for agents, links, kind in cases + ([(10_000, 100_000, "hops"), (10_000, 100_000, "fine")] if large else []):
            edges = graph(agents, links, kind)
            written(path, agents, edges)
            ours, seconds, cpu = by_orch(orch, path, out, agents)
            start = f"{agents:6} {links:7} {kind:8} {seconds:6.2f} ({cpu:4.2f})"
            fit = {"networkx": agents <= 1000, "rustworkx": kind == "hops"}
            for library in [name for name in LIBRARIES if fit[name]]:
                answer, calls = timed(lambda: LIBRARIES[library](agents, edges))
                assert answer[1:] == ours[1:], (answer[1:], ours[1:])
                differ = max(abs(x - y) for x, y in zip(answer[0], ours[0]))
                assert differ < 1e-9, differ
                whole, _ = process([sys.executable, __file__, "--as", library, path, out])
                print(f"{start}   {library:10} {calls:8.2f} {whole:10.2f} {whole / seconds:15.1f}  {differ:.0e}", flush=True)


if sys.argv[1] == "--as":
    as_process(*sys.argv[2:5])
else:
    main()

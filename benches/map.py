"""`orch map` beside networkx and rustworkx: the same figures, and how long each takes.

    python3 benches/map.py target/release/orch [--large]       needs networkx and rustworkx from PyPI

For each graph: exact betweenness, articulation points and bridges by each library (reading the file not counted), and
the whole process of `orch map --format json`, which reads the snapshot, finds these and everything else, and
writes the report. rustworkx has betweenness by hops only.
"""
import json, os, random, resource, subprocess, sys, tempfile, time

import networkx as nx
import rustworkx as rx


def graph(agents, links, latencies, seed=7):
    rng, seen = random.Random(seed), set()
    while len(seen) < links:
        a, b = rng.randrange(agents), rng.randrange(agents)
        if a != b:
            seen.add((min(a, b), max(a, b)))
    draw = {"hops": lambda: 0, "whole": lambda: rng.randint(1, 120), "fine": lambda: round(rng.uniform(0.1, 100), 4)}
    return [(a, b, draw[latencies]()) for a, b in sorted(seen)]


def timed(work):
    """Answer, seconds of wall clock, seconds of CPU on all threads."""
    begin, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.perf_counter() - begin, time.process_time() - cpu


def by_orch(orch, folder, agents, edges):
    name = lambda i: f"a{i:06}"
    links = [{"from": name(a), "to": name(b), **({"latency_ms": x} if x else {})} for a, b, x in edges]
    path, out = os.path.join(folder, "snapshot.json"), os.path.join(folder, "map.json")
    with open(path, "w") as f:
        json.dump({"version": 1, "agents": [{"id": name(i)} for i in range(agents)], "network": {"links": links}}, f)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _, seconds, _ = timed(lambda: subprocess.run([orch, "map", path, "--format", "json", "--output", out], check=True))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    topology = json.load(open(out))["network_topology"]
    between = [topology["nodes"][name(i)]["betweenness"] for i in range(agents)]
    cuts = topology["bottlenecks"]
    return (between, len(cuts["articulation_points"]), len(cuts["bridges"])), seconds, after.ru_utime - before.ru_utime


def by_networkx(agents, edges):
    g = nx.Graph()
    g.add_weighted_edges_from(edges)
    weight = "weight" if all(x > 0 for _, _, x in edges) else None
    between = nx.betweenness_centrality(g, weight=weight)
    return [between.get(i, 0.0) for i in range(agents)], len(list(nx.articulation_points(g))), len(list(nx.bridges(g)))


def by_rustworkx(agents, edges):
    g = rx.PyGraph(multigraph=False)
    names = sorted({v for e in edges for v in e[:2]})
    place = dict(zip(names, g.add_nodes_from(names)))
    g.add_edges_from([(place[a], place[b], x) for a, b, x in edges])
    between = rx.betweenness_centrality(g)
    return [between[place[i]] if i in place else 0.0 for i in range(agents)], len(rx.articulation_points(g)), len(rx.bridges(g))


def main():
    orch, large = os.path.abspath(sys.argv[1]), "--large" in sys.argv
    cases = [(1000, 10_000, "hops"), (1000, 10_000, "whole"), (1000, 1_100, "hops"), (1000, 10_000, "fine")]
    print(f"{'agents':>7} {'links':>7} {'paths by':8} {'networkx s (CPU)':>17} {'rustworkx s (CPU)':>18} {'orch s (CPU)':>13} {'× networkx':>11} {'× rustworkx':>12} differ by")
    with tempfile.TemporaryDirectory() as folder:
        for agents, links, kind in cases + ([(10_000, 100_000, "hops"), (10_000, 100_000, "fine")] if large else []):
            edges = graph(agents, links, kind)
            ours, seconds, cpu = by_orch(orch, folder, agents, edges)
            theirs = {}
            if agents <= 1000:
                theirs["networkx"] = timed(lambda: by_networkx(agents, edges))
            if kind == "hops":
                theirs["rustworkx"] = timed(lambda: by_rustworkx(agents, edges))
            differ = 0.0
            for answer, _, _ in theirs.values():
                assert answer[1:] == ours[1:], (answer[1:], ours[1:])
                differ = max([differ] + [abs(x - y) for x, y in zip(answer[0], ours[0])])
            assert differ < 1e-9, differ
            cell = lambda who: "{1:.2f} ({2:.2f})".format(*theirs[who]) if who in theirs else "-"
            times = lambda who: f"{theirs[who][1] / seconds:.1f}" if who in theirs else "-"
            print(f"{agents:7} {links:7} {kind:8} {cell('networkx'):>17} {cell('rustworkx'):>18} {f'{seconds:.2f} ({cpu:.2f})':>13} {times('networkx'):>11} {times('rustworkx'):>12} {differ:.0e}", flush=True)


main()

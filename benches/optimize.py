"""What `orch optimize` gains, recomputed by planning the emitted snapshot with `orch distribute`.

    python3 benches/optimize.py ORCH TOOLS [--agents 100 --tasks 1000 --seeds 1,7]      inefficient fleets
    python3 benches/optimize.py ORCH TOOLS --plants [--agents 30 --tasks 200 --seeds 7]  planted bottlenecks

ORCH is the binary, TOOLS the folder of fleet.py. A row of an inefficient fleet: makespan, waste and cost of the
baseline and of the emitted snapshot's plan, their changes, utilization after, seconds of the whole command. A row of
plants: how many were named first, by kind and ids.
"""
import argparse, json, os, subprocess, sys, tempfile, time

PLANTS = "scarce_skill slow_link shared_resource late_release overloaded_type low_slots rate_limit long_chain single_slow_agent budget".split()


def call(*args):
    return json.loads(subprocess.run(args, capture_output=True, text=True).stdout)


def fleet(o, *more):
    tool = os.path.join(o.tools, "fleet.py")
    return subprocess.run([sys.executable, tool, "--agents", str(o.agents), "--tasks", str(o.tasks), *more], capture_output=True, text=True, check=True).stdout


def inefficient(o, folder):
    print("seed  makespan before  after     change   waste before  after   change   cost before  after     utilization  s")
    for seed in o.seeds.split(","):
        file, better = os.path.join(folder, "fleet.json"), os.path.join(folder, "better.json")
        open(file, "w").write(fleet(o, "--seed", seed, "--kind", "inefficient"))
        begin = time.time()
        emitted = subprocess.run([o.orch, "optimize", file, "--emit", "snapshot", "--format", "json", "--runs", "0"], capture_output=True, text=True).stdout
        took = time.time() - begin
        open(better, "w").write(emitted)
        before = call(o.orch, "optimize", file, "--format", "json", "--runs", "0")["performance_improvements"]
        plan = call(o.orch, "distribute", better, "--format", "json")
        c, b = plan["objective"]["components"], plan["load_balancing_metrics"]
        m, w, k = (before[name]["before"] for name in ("makespan", "waste", "cost"))
        same = all(before[n]["after"] == x for n, x in (("makespan", c["makespan"]), ("cost", c["cost"]), ("waste", b["waste"])))
        print(f"{seed:>4}  {m:15.0f}  {c['makespan']:8.0f}  {c['makespan'] / m - 1:7.1%}  {w:12.3f}  {b['waste']:6.3f}  {b['waste'] / w - 1:7.1%}  {k:11.1f}  {c['cost']:8.1f}  {b['utilization_efficiency']:11.1%}  {took:.1f}"
              + ("" if same else "  NOT WHAT OPTIMIZE REPORTED") + (f"  {len(plan['unassigned_tasks'])} unplaced" if plan["unassigned_tasks"] else ""))


def plants(o, folder):
    for kind in PLANTS:
        hits, seeds = [], o.seeds.split(",")
        for seed in seeds:
            file, truth = os.path.join(folder, "plant.json"), os.path.join(folder, "truth.json")
            open(file, "w").write(fleet(o, "--seed", seed, "--plant", kind, "--truth", truth))
            first = call(o.orch, "optimize", file, "--format", "json", "--runs", "0", "--effort", "quick")["bottleneck_analysis"][0]
            ids = json.load(open(truth))["ids"]
            same = all(sorted(first[k] or []) == sorted(v) if isinstance(v, list) else first[k] == v for k, v in ids.items())
            hits.append((first["kind"] == kind, same))
        print(f"{kind:20} kind first {sum(h[0] for h in hits)}/{len(seeds)}, with all ids {sum(h[1] for h in hits)}/{len(seeds)}")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("orch"), p.add_argument("tools"), p.add_argument("--plants", action="store_true")
    p.add_argument("--agents", type=int, default=100), p.add_argument("--tasks", type=int, default=1000), p.add_argument("--seeds", default="1,7")
    o = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (plants if o.plants else inefficient)(o, folder)

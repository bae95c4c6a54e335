import { describe, expect, test } from "vitest"
import { Life } from "../../../src/engine/life/Life.ts"
import { readScenario } from "../../../src/engine/life/readScenario.ts"
import type { AutoscalerSpec, HpaSpec, Scenario } from "../../../src/engine/life/Scenario.ts"
import { drawScenario } from "../../../src/engine/swarm/drawScenario.ts"
import { daemon, deployment, group, job, minuteMs, plainHpa, scenario, standard } from "./scenarios.ts"

const logOf = (given: Scenario, seed = 1): ReadonlyArray<string> => {
  let text = ""
  const life = new Life(given, seed, { onTrace: (chunk) => (text += chunk) })
  life.run()
  life.cluster.trace.flush()
  return text.trimEnd().split("\n")
}
const only = (lines: ReadonlyArray<string>, ...events: ReadonlyArray<string>) =>
  lines.filter((line) => events.includes(line.split(" ")[1] ?? ""))

describe("a run", { timeout: 60_000 }, () => {
  test("is the same to the byte for the same seed, and another for another", () => {
    for (const seed of [3, 4, 5]) expect(logOf(drawScenario(seed), seed)).toEqual(logOf(drawScenario(seed), seed))
    const drawn = scenario([job({ runMsMax: 9 * minuteMs })])
    expect(new Life(drawn, 1).run().digest).not.toBe(new Life(drawn, 2).run().digest)
  })

  test("that stops and goes on is the same as one that does not", () => {
    const given = drawScenario(11)
    const parted = new Life(given, 11)
    for (let untilMs = 0; untilMs < given.endMs; untilMs += 777_777) parted.run(untilMs)
    expect(parted.run()).toEqual(new Life(given, 11).run())
  })
})

describe("pods", () => {
  test("live from their making to their end, and the job is done once enough have succeeded", () => {
    const lines = logOf(scenario([job({ completions: 1, parallelism: 1 })], { groups: [group({ initial: 1 })] }))
    expect(lines).toEqual([
      "0 nodeRequested nodes-0 nodes 0",
      "1000 nodeReady nodes-0 nodes 0",
      "2010 podCreated batch-0 batch 0",
      "2010 podBound batch-0 nodes-0 0",
      "2510 podRunning batch-0 nodes-0 0",
      "62510 podSucceeded batch-0 nodes-0 0",
      "62520 jobDone batch - 1"
    ])
  })

  test("that crash too often end their job", () => {
    const lines = logOf(scenario([job({ crashPercent: 100, backoffLimit: 2, parallelism: 1 })]))
    expect(only(lines, "podFailed")).toHaveLength(3)
    expect(lines.at(-1)).toMatch(/jobFailed batch - 0$/)
  })

  test("on a node that fails are given up after 340 s and made anew", () => {
    const fault = { kind: "nodeFailure", atMs: 10_000, pick: 0 } as const
    const lines = logOf(scenario([deployment()], { groups: [group({ max: 1, initial: 1 })], faults: [fault] }))
    expect(only(lines, "nodeLost", "podLost").map((line) => line.split(" ")[0])).toEqual(Array(4).fill("10000"))
    expect(only(lines, "podForgotten").map((line) => line.split(" ")[0])).toEqual(Array(3).fill("350000"))
    expect(only(lines, "podBound").filter((line) => line.includes("nodes-1"))).toHaveLength(3)
  })

  test("stay out of a namespace that is full, and come in when there is room", () => {
    const quotas = [{ namespace: "default", podsMax: 1, cpuMilliMax: 10_000 }]
    const lines = only(logOf(scenario([job()], { quotas })), "podCreated", "podSucceeded", "jobDone")
    expect(lines.map((line) => line.split(" ")[1])).toEqual([
      ...Array(4).fill(["podCreated", "podSucceeded"]).flat(),
      "jobDone"
    ])
  })

  test("take whole GPUs, the lowest free ones, and give them back", () => {
    const groups = [group({ initial: 1, gpus: 3 })]
    const lines = logOf(scenario([job({ gpuMilli: 1_000, completions: 2 })], { groups }))
    expect(only(lines, "gpuTaken", "gpuFreed").map((line) => line.slice(line.indexOf(" ") + 1))).toEqual([
      "gpuTaken batch-0 nodes-0 0",
      "gpuTaken batch-1 nodes-0 1",
      "gpuFreed batch-0 nodes-0 0",
      "gpuFreed batch-1 nodes-0 1"
    ])
  })

  test("share a GPU that is cut into shares, and fill one before the next", () => {
    const groups = [group({ initial: 1, gpus: 2, gpuShareMilli: 500 })]
    const lines = logOf(scenario([job({ gpuMilli: 500, completions: 3, parallelism: 3 })], { groups }))
    expect(only(lines, "gpuTaken").map((line) => line.slice(line.indexOf(" ") + 1))).toEqual([
      "gpuTaken batch-0 nodes-0 0",
      "gpuTaken batch-1 nodes-0 0",
      "gpuTaken batch-2 nodes-0 1"
    ])
  })

  test("stay off nodes whose taints they do not tolerate, and away from each other where they want to", () => {
    const groups = [group({ taints: ["dedicated"] }), group({ name: "open", max: 2, initial: 2 })]
    const lines = logOf(scenario([deployment({ apart: true })], { groups }))
    const bound = only(lines, "podBound").map((line) => line.split(" ")[3])
    expect(bound.toSorted()).toEqual(["open-0", "open-1"])
  })

  test("of a daemon come with each node that is up, and go with it", () => {
    const fault = { kind: "nodeFailure", atMs: 10 * minuteMs, pick: 0 } as const
    const lines = logOf(scenario([daemon()], { groups: [group({ initial: 2, max: 2 })], faults: [fault] }))
    expect(only(lines, "podBound", "podLost").map((line) => line.split(" ").slice(1, 4).join(" "))).toEqual([
      "podBound agent-0 nodes-0",
      "podBound agent-1 nodes-1",
      "podLost agent-0 nodes-0",
      "podBound agent-2 nodes-2"
    ])
  })

  test("leave for more important ones, whose room is kept until all of them have gone", () => {
    const low = deployment({ name: "low", replicas: 2, cpuMilli: 2_000, graceMs: 30_000 })
    const high = deployment({ name: "high", replicas: 1, cpuMilli: 4_000, priority: 100, arriveMs: minuteMs })
    const lines = logOf(scenario([low, high], { groups: [group({ initial: 1, max: 1 })] }))
    expect(only(lines, "podLeaving")).toHaveLength(2)
    expect(only(lines, "podBound").at(-1)).toMatch(/^9\d{4} podBound high-0 nodes-0/)
  })
})

describe("a node that does not answer", () => {
  const silence = (minutes: number) =>
    ({ kind: "nodeSilence", atMs: 10_000, durationMs: minutes * minuteMs, pick: 0 }) as const
  const one = { groups: [group({ initial: 1, max: 1 })] }

  test("runs its pods on, and what became of them is heard when it answers", () => {
    const lines = logOf(scenario([job({ completions: 1, parallelism: 1 })], { ...one, faults: [silence(3)] }))
    expect(only(lines, "nodeSilent", "nodeHeard", "podSucceeded").map((line) => line.split(" ").slice(0, 2))).toEqual([
      ["10000", "nodeSilent"],
      ["190000", "nodeHeard"],
      ["190000", "podSucceeded"]
    ])
  })

  test("takes no new pods, and loses those it has to other nodes after 340 s", () => {
    const late = deployment({ name: "late", arriveMs: minuteMs, replicas: 1 })
    const given = scenario([deployment({ replicas: 1, cpuMilli: 100 }), late], {
      groups: [group({ initial: 2, max: 2 })],
      faults: [silence(20)]
    })
    const lines = only(logOf(given), "podBound", "podLeaving", "podGone")
    const silent = lines[0]?.split(" ")[3] ?? ""
    const other = silent === "nodes-0" ? "nodes-1" : "nodes-0"
    expect(lines.map((line) => line.split(" ").slice(1, 4).join(" "))).toEqual([
      `podBound web-0 nodes-0`,
      `podBound late-0 nodes-1`,
      `podLeaving web-0 nodes-0`,
      `podBound web-1 ${other}`,
      `podGone web-0 nodes-0`
    ])
    expect(lines[2]?.split(" ")[0]).toBe("350000")
    expect(lines[4]?.split(" ")[0]).toBe(String(10_000 + 20 * minuteMs + 1_000))
  })

  test("is removed after more than twenty minutes in which it was not ready and no pod held it, with its pods", () => {
    // Its pod holds it up to 350 s; that it could not be emptied is remembered for five minutes, until 610 s.
    const faults = [silence(50)]
    const lines = logOf(scenario([deployment({ replicas: 1 })], { ...one, faults, autoscaler: standard }))
    const removed = only(lines, "nodeCordoned", "podGone", "nodeGone").map((line) => line.split(" ").slice(0, 3))
    expect(removed).toEqual([
      ["1820000", "nodeCordoned", "nodes-0"],
      ["1855000", "podGone", "web-0"],
      ["1855000", "nodeGone", "nodes-0"]
    ])
  })

  test("stops the autoscaler where there are too many of its kind", () => {
    const silences = [0, 0, 0, 0].map((pick) => ({ ...silence(50), pick }))
    const groups = [group({ initial: 6, max: 8 })]
    const large = deployment({ replicas: 9, cpuMilli: 4_000, arriveMs: minuteMs })
    const grown = (totalUnreadyOk: number) => {
      const autoscaler = { ...standard, options: { totalUnreadyOk } }
      const given = scenario([large], { groups, faults: silences, autoscaler, endMs: 10 * minuteMs })
      return only(logOf(given), "nodeRequested").length
    }
    expect([grown(3), grown(4)]).toEqual([6, 8])
  })
})

describe("the autoscalers", () => {
  test("let replicas go 1, 5, 10, 20 while the load is high, one step in 15 s", () => {
    const hpa = { min: 1, max: 20, targetPercent: 20, loadMilli: [100_000], stepMs: minuteMs, ...plainHpa }
    const web = deployment({ replicas: 1, cpuMilli: 100, hpa })
    const sets = only(logOf(scenario([web])), "replicasSet").map((line) => line.split(" "))
    expect(sets.map((words) => words.at(-1))).toEqual(["5", "10", "20"])
  })

  test("add the node that a pod waits for", () => {
    const groups = [group({ initial: 0 })]
    const lines = logOf(scenario([deployment()], { groups, autoscaler: standard }))
    expect(only(lines, "nodeRequested", "podBound").map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
      "nodeRequested nodes-0",
      "podBound web-0",
      "podBound web-1",
      "podBound web-2"
    ])
  })

  test("add it too where the scheduler says late that there is no room", () => {
    const lag = { kind: "apiLag", atMs: 0, durationMs: 10 * minuteMs, lagMs: 50_000 } as const
    const groups = [group({ initial: 0 })]
    const given = scenario([deployment()], { groups, faults: [lag], autoscaler: standard })
    expect(only(logOf(given), "podRunning")).toHaveLength(3)
  })

  test("remove an idle node at the first scan after strictly more than ten minutes", () => {
    const groups = [group({ initial: 1 })]
    const given = scenario([deployment({ replicas: 0 })], { groups, autoscaler: standard })
    // It is up after 1 s, and found idle by the first scan, at 10 s: at 610 s ten minutes are not over yet.
    expect(only(logOf(given), "nodeCordoned", "nodeGone")).toEqual([
      "620000 nodeCordoned nodes-0 nodes 0",
      "655000 nodeGone nodes-0 nodes 655000"
    ])
  })

  test("take a node for idle that has only daemons, and count them in what a new node offers", () => {
    const idle = scenario([daemon(), deployment({ replicas: 0 })], {
      groups: [group({ initial: 1 })],
      autoscaler: standard
    })
    expect(
      only(logOf(idle), "nodeCordoned", "podLeaving", "podGone", "nodeGone").map((line) => line.split(" ")[1])
    ).toEqual(["nodeCordoned", "podLeaving", "podGone", "nodeGone"])
    const large = deployment({ replicas: 1, cpuMilli: 4_000 })
    const groups = [group({ initial: 0 })]
    expect(only(logOf(scenario([daemon(), large], { groups, autoscaler: standard })), "nodeRequested")).toEqual([])
  })

  test("go by their configured clocks", () => {
    const groups = [group({ initial: 1 })]
    const idle = (options: Partial<AutoscalerSpec["options"]>) =>
      only(
        logOf(scenario([deployment({ replicas: 0 })], { groups, autoscaler: { ...standard, options } })),
        "nodeCordoned"
      )[0]?.split(" ")[0]
    expect(idle({ unneededTimeMs: 2 * minuteMs })).toBe("140000")
    expect(idle({ unneededTimeMs: 2 * minuteMs, scanIntervalMs: 60_000 })).toBe("240000")
  })

  test("give up a node that takes too long to come, leave its group alone, and use another", () => {
    const slow = group({ name: "slow", initial: 0, bootMs: 20 * minuteMs, microUsdPerHour: 1 })
    const groups = [slow, group({ name: "quick", initial: 0 })]
    const autoscaler = { ...standard, expanders: ["price"] as const, options: { nodeProvisionTimeMsMax: 5 * minuteMs } }
    const lines = logOf(scenario([deployment({ replicas: 1 })], { groups, autoscaler }))
    expect(only(lines, "nodeRequested", "nodeBootFailed", "podBound").map((line) => line.split(" ")[1])).toEqual([
      "nodeRequested",
      "nodeBootFailed",
      "nodeRequested",
      "podBound"
    ])
    expect(only(lines, "podBound")[0]).toMatch(/quick-0/)
  })

  test("grow the group that the configured expander likes best", () => {
    const groups = [
      group({ name: "large", initial: 0, cpuMilli: 16_000, microUsdPerHour: 800_000 }),
      group({ name: "small", initial: 0, cpuMilli: 1_000, memoryMib: 4_096, microUsdPerHour: 50_000 })
    ]
    const grown = (given: Partial<AutoscalerSpec>) => {
      const lines = logOf(scenario([deployment({ replicas: 1 })], { groups, autoscaler: { ...standard, ...given } }))
      return only(lines, "nodeRequested").map((line) => line.split(" ")[2])
    }
    expect(grown({})).toEqual(["small-0"])
    expect(grown({ expanders: ["price"] })).toEqual(["small-0"])
    expect(grown({ expanders: ["priority"], priorities: [{ priority: 9, pattern: "^la" }] })).toEqual(["large-0"])
  })

  test("let replicas go at the pace and within the tolerance that a workload asks for", () => {
    const hpa = { min: 1, max: 20, targetPercent: 20, loadMilli: [100_000], stepMs: minuteMs }
    const rules = { windowMs: 0, select: "max", rates: [{ type: "pods", value: 2, periodMs: 60_000 }] } as const
    const sets = (given: Partial<HpaSpec>) =>
      only(
        logOf(scenario([deployment({ replicas: 1, cpuMilli: 100, hpa: { ...hpa, ...plainHpa, ...given } })])),
        "replicasSet"
      )
        .map((line) => line.split(" ").at(-1))
        .slice(0, 3)
    expect(sets({ behavior: { up: rules, down: rules } })).toEqual(["3", "5", "7"])
    expect(sets({ tolerancePercent: { up: 2_000, down: 10 } })).toEqual([])
  })

  test("empty a node no faster than the budget allows", () => {
    const groups = [group({ initial: 3, cpuMilli: 8_000 })]
    const web = deployment({ replicas: 3, maxUnavailable: 1 })
    const lines = logOf(scenario([web], { groups, autoscaler: standard }))
    const drained = only(lines, "podLeaving").map((line) => Number(line.split(" ")[0]))
    expect(drained.length).toBeGreaterThan(0)
    expect(new Set(drained).size).toBe(drained.length)
  })
})

describe("a scenario", () => {
  test("is refused with every problem and its path", () => {
    const given = { ...scenario([deployment()]), endMs: -1, strange: 1, faults: [{ kind: "flood" }] }
    expect(readScenario(given)).toEqual({
      problems: [
        "scenario.strange: is not known",
        "scenario.endMs: must be a whole number from 0 to 31622400000",
        "scenario.faults[0].kind: must be nodeFailure or spotReclaim or nodeSilence or zoneOutage or bootFailure or slowBoot or apiLag"
      ]
    })
    expect(readScenario(scenario([deployment({ group: "other" }), deployment()]))).toEqual({
      problems: ['workloads: "web" is given twice', 'workloads: "web" wants a group that is not there']
    })
  })

  test("is accepted as it is drawn", () => {
    for (let seed = 0; seed < 200; seed++) expect(readScenario(drawScenario(seed))).not.toHaveProperty("problems")
  })
})

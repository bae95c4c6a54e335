import { expect, test } from "vitest"
import { Agenda } from "../../../src/engine/Agenda.ts"
import { actions } from "../../../src/engine/life/actions.ts"
import { Budgets } from "../../../src/engine/life/Budgets.ts"
import type { LifeNode } from "../../../src/engine/life/entities.ts"
import { kubeObjects } from "../../../src/engine/life/kubeObjects.ts"
import { Meter } from "../../../src/engine/life/Meter.ts"
import { Placement } from "../../../src/engine/life/Placement.ts"
import { Quota } from "../../../src/engine/life/Quota.ts"
import type { Scenario, WorkloadSpec } from "../../../src/engine/life/Scenario.ts"
import { Stream } from "../../../src/engine/Stream.ts"
import { type Plant, runScenario } from "../../../src/engine/swarm/runSeed.ts"
import { type GpuShares, Gpus } from "../../../src/engine/world/Gpus.ts"
import { daemon, deployment, group, job, minuteMs, scenario, standard } from "../life/scenarios.ts"

const ties = () => Stream.fromSeed(1, "ties")
const busy = scenario([deployment(), job()])
const autoscaler = standard

/** An engine with the fault is caught by the invariant, and one without it is not. */
const isCaught = (given: Scenario, plant: Plant): string => {
  expect(runScenario(given, 1).kind).toBe("passed")
  const outcome = runScenario(given, 1, plant)
  return outcome.kind === "passed" ? "nothing" : `${outcome.kind}: ${outcome.invariant}`
}

test("a clock that goes back is noticed", () => {
  class Slipping extends Agenda {
    override take(): boolean {
      const isThere = super.take()
      if (this.class === actions.podEnds) this.now -= 10_000
      return isThere
    }
  }
  expect(isCaught(busy, { parts: (parts) => ({ ...parts, agenda: new Slipping() }) })).toBe("safety: time")
})

test("a scheduler that crams all pods on one node is noticed", () => {
  class Cramming extends Placement {
    #first: LifeNode | undefined
    override nodeCame(node: LifeNode): void {
      super.nodeCame(node)
      this.#first ??= node
    }
    override choose(): LifeNode | undefined {
      return this.#first
    }
  }
  const plant: Plant = {
    parts: (parts, { workloads }) => ({ ...parts, placement: new Cramming(kubeObjects(workloads), ties()) })
  }
  expect(isCaught(busy, plant)).toBe("safety: overcommit")
})

test("a GPU given to two pods is noticed, and one that is never given back", () => {
  class Doubling extends Gpus {
    override take(_: Int32Array, gpuMilli: number): GpuShares {
      return [[0, gpuMilli]]
    }
  }
  const given = scenario([job({ gpuMilli: 1_000, completions: 8 })], { groups: [group({ gpus: 4, initial: 1 })] })
  expect(isCaught(given, { parts: (parts) => ({ ...parts, gpus: new Doubling() }) })).toBe("safety: gpu")
  class Keeping extends Gpus {
    override give(): void {}
  }
  expect(isCaught({ ...given, endMs: 300 * minuteMs }, { parts: (parts) => ({ ...parts, gpus: new Keeping() }) })).toBe(
    "liveness: liveness"
  )
})

test("a GPU of which more than its thousandths are given away is noticed, and a share smaller than asked for", () => {
  class Lavish extends Gpus {
    override take(_: Int32Array, gpuMilli: number): GpuShares {
      return [[0, gpuMilli]]
    }
  }
  class Stingy extends Gpus {
    override take(free: Int32Array, gpuMilli: number): GpuShares | undefined {
      return super.take(free, gpuMilli)?.slice(1)
    }
  }
  const groups = [group({ gpus: 2, gpuShareMilli: 500, initial: 1 })]
  const given = scenario([job({ gpuMilli: 500, completions: 8, parallelism: 4 })], { groups })
  expect(isCaught(given, { parts: (parts) => ({ ...parts, gpus: new Lavish() }) })).toBe("safety: gpu")
  expect(isCaught(given, { parts: (parts) => ({ ...parts, gpus: new Stingy() }) })).toBe("safety: gpu")
})

test("a scheduler that heeds no taints is noticed, and one that puts pods beside each other that want to be apart", () => {
  const carefree = (given: Scenario, change: (one: WorkloadSpec) => WorkloadSpec) =>
    isCaught(given, { believes: (real) => ({ ...real, workloads: real.workloads.map(change) }) })
  const tainted = [group({ taints: ["dedicated"] }), group({ name: "others" })]
  expect(
    carefree(scenario([deployment()], { groups: tainted, endMs: minuteMs }), (one) => ({
      ...one,
      tolerates: ["dedicated"]
    }))
  ).toBe("safety: placement")
  const apart = scenario([deployment({ replicas: 5, apart: true })], { endMs: minuteMs })
  expect(carefree(apart, (one) => (one.kind === "deployment" ? { ...one, apart: false } : one))).toBe(
    "safety: placement"
  )
})

test("a node that is left without its daemon is noticed, and one that has it twice", () => {
  const given = scenario([daemon()], { endMs: 300 * minuteMs })
  const skipping: Plant = {
    cluster: (cluster) => {
      const create = cluster.create.bind(cluster)
      cluster.create = (workload, target) => target?.id === 1 || create(workload, target)
    }
  }
  expect(isCaught(given, skipping)).toBe("liveness: liveness")
  const doubling: Plant = {
    cluster: (cluster) => {
      const create = cluster.create.bind(cluster)
      cluster.create = (workload, target) => create(workload, target) && create(workload, target)
    }
  }
  expect(isCaught(given, doubling)).toBe("safety: placement")
})

test("a pod bound to a node that is gone is noticed", () => {
  class Remembering extends Placement {
    #first: LifeNode | undefined
    override choose(podClass: Parameters<Placement["choose"]>[0]): LifeNode | undefined {
      this.#first ??= super.choose(podClass)
      return this.#first
    }
    override assign(): void {}
  }
  const fault = { kind: "nodeFailure", atMs: 10_000, pick: 0 } as const
  const given = scenario([deployment({ replicas: 2 })], { groups: [group({ initial: 1, max: 1 })], faults: [fault] })
  const plant: Plant = {
    parts: (parts, { workloads }) => ({ ...parts, placement: new Remembering(kubeObjects(workloads), ties()) })
  }
  expect(isCaught(given, plant)).toBe("safety: lifecycle")
})

test("a pod that is heard of from a node that does not answer is noticed", () => {
  const fault = { kind: "nodeSilence", atMs: 10_000, durationMs: 5 * minuteMs, pick: 0 } as const
  const given = scenario([job()], { groups: [group({ initial: 1, max: 1 })], faults: [fault] })
  const overhearing: Plant = {
    cluster: (cluster) => {
      const silent = cluster.nodeSilent.bind(cluster)
      cluster.nodeSilent = (node, isSilent) => {
        silent(node, isSilent)
        node.isSilent = false
      }
    }
  }
  expect(isCaught(given, overhearing)).toBe("safety: lifecycle")
})

test("a pod that is forgotten is noticed, and one that is invented", () => {
  const forgetting: Plant = {
    cluster: (cluster) => {
      const run = cluster.run.bind(cluster)
      cluster.run = (pod, runMs) => {
        run(pod, runMs)
        if (pod.id === 1) cluster.pods.delete(pod.id)
      }
    }
  }
  const inventing: Plant = {
    cluster: (cluster) => {
      const run = cluster.run.bind(cluster)
      cluster.run = (pod, runMs) => {
        run(pod, runMs)
        cluster.pods.set(1_000, { ...pod, id: 1_000 })
      }
    }
  }
  expect(isCaught(busy, forgetting)).toBe("safety: census")
  expect(isCaught(busy, inventing)).toBe("safety: census")
})

test("a budget that is not kept is noticed", () => {
  class Careless extends Budgets {
    override left(): number {
      return 100
    }
  }
  const groups = [group({ initial: 3, cpuMilli: 8_000 })]
  const given = scenario([deployment({ maxUnavailable: 0 })], { groups, autoscaler })
  expect(isCaught(given, { parts: (parts) => ({ ...parts, budgets: new Careless() }) })).toBe("safety: budget")
})

test("a quota that is not kept is noticed", () => {
  class Generous extends Quota {
    override admit(): boolean {
      return true
    }
  }
  const given = scenario([job()], { quotas: [{ namespace: "default", podsMax: 1, cpuMilliMax: 9_000 }] })
  const plant: Plant = { parts: (parts) => ({ ...parts, quota: new Generous([]) }) }
  expect(isCaught(given, plant)).toBe("safety: quota")
})

test("a group that grows beyond its size is noticed", () => {
  const given = scenario([deployment({ replicas: 40 })], { groups: [group({ initial: 1, max: 2 })], autoscaler })
  const plant: Plant = {
    believes: (real) => ({ ...real, groups: real.groups.map((one) => ({ ...one, max: one.max + 3 })) })
  }
  expect(isCaught(given, plant)).toBe("safety: groupSize")
})

test("a wrong bill is noticed, and a total that is not the sum of its bills", () => {
  class Dear extends Meter {
    override charge(microUsdPerHour: number, lifeMs: number): number {
      return super.charge(microUsdPerHour, lifeMs) + 1
    }
  }
  class Doubled extends Meter {
    override charge(microUsdPerHour: number, lifeMs: number): number {
      super.charge(microUsdPerHour, lifeMs)
      return super.charge(microUsdPerHour, lifeMs)
    }
  }
  const given = scenario([deployment({ replicas: 0 })], { autoscaler })
  expect(isCaught(given, { parts: (parts) => ({ ...parts, meter: new Dear() }) })).toBe("safety: money")
  expect(isCaught(given, { parts: (parts) => ({ ...parts, meter: new Doubled() }) })).toBe("safety: money")
})

test("a pod that never gets the room there is is noticed, and a controller that sleeps", () => {
  class Refusing extends Placement {
    override choose(podClass: Parameters<Placement["choose"]>[0]): LifeNode | undefined {
      return podClass.priority === 7 ? undefined : super.choose(podClass)
    }
  }
  const given = scenario([deployment({ priority: 7 })], { endMs: 300 * minuteMs })
  const plant: Plant = {
    parts: (parts, { workloads }) => ({ ...parts, placement: new Refusing(kubeObjects(workloads), ties()) })
  }
  expect(isCaught(given, plant)).toBe("liveness: liveness")
  const sleeping: Plant = {
    cluster: (cluster) => {
      cluster.create = () => false
    }
  }
  expect(isCaught(given, sleeping)).toBe("liveness: liveness")
})

test("a run that depends on something else than its seed is noticed, and an engine that breaks down", () => {
  let runs = 0
  const drifting: Plant = {
    believes: (real) => {
      runs += 1
      return { ...real, groups: real.groups.map((one) => ({ ...one, bootMs: one.bootMs + runs })) }
    }
  }
  expect(isCaught(busy, drifting)).toBe("nondeterminism: digest")
  class Breaking extends Placement {
    override choose(): never {
      throw new Error("broken")
    }
  }
  const plant: Plant = {
    parts: (parts, { workloads }) => ({ ...parts, placement: new Breaking(kubeObjects(workloads), ties()) })
  }
  expect(isCaught(busy, plant)).toBe("crash: exception")
})

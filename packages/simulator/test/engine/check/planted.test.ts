import { expect, test } from "vitest"
import { Agenda } from "../../../src/engine/Agenda.ts"
import { actions } from "../../../src/engine/life/actions.ts"
import { Budgets } from "../../../src/engine/life/Budgets.ts"
import { Devices } from "../../../src/engine/life/Devices.ts"
import type { LifeNode } from "../../../src/engine/life/entities.ts"
import { kubeObjects } from "../../../src/engine/life/kubeObjects.ts"
import { Meter } from "../../../src/engine/life/Meter.ts"
import { Placement } from "../../../src/engine/life/Placement.ts"
import { Quota } from "../../../src/engine/life/Quota.ts"
import type { Scenario } from "../../../src/engine/life/Scenario.ts"
import { Stream } from "../../../src/engine/Stream.ts"
import { type Plant, runScenario } from "../../../src/engine/swarm/runSeed.ts"
import { deployment, group, job, minuteMs, scenario } from "../life/scenarios.ts"

const ties = () => Stream.fromSeed(1, "ties")
const busy = scenario([deployment(), job()])
const autoscaler = { minor: 36, expanders: [] } as const

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
    override nodesChanged(nodes: Iterable<LifeNode>): void {
      this.#first = [...nodes][0]
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

test("a device given to two pods is noticed, and one that is never given back", () => {
  class Doubling extends Devices {
    override take(_: Int32Array, __: number, count: number): ReadonlyArray<number> {
      return Array.from({ length: count }, (___, device) => device)
    }
  }
  const given = scenario([job({ gpus: 1, completions: 8 })], { groups: [group({ gpus: 4, initial: 1 })] })
  expect(isCaught(given, { parts: (parts) => ({ ...parts, devices: new Doubling() }) })).toBe("safety: device")
  class Keeping extends Devices {
    override free(): void {}
  }
  expect(
    isCaught({ ...given, endMs: 300 * minuteMs }, { parts: (parts) => ({ ...parts, devices: new Keeping() }) })
  ).toBe("liveness: liveness")
})

test("a pod bound to a node that is gone is noticed", () => {
  class Remembering extends Placement {
    #first: LifeNode | undefined
    override choose(podClass: Parameters<Placement["choose"]>[0]): LifeNode | undefined {
      this.#first ??= super.choose(podClass)
      return this.#first
    }
  }
  const fault = { kind: "nodeFailure", atMs: 10_000, pick: 0 } as const
  const given = scenario([deployment({ replicas: 2 })], { groups: [group({ initial: 1, max: 1 })], faults: [fault] })
  const plant: Plant = {
    parts: (parts, { workloads }) => ({ ...parts, placement: new Remembering(kubeObjects(workloads), ties()) })
  }
  expect(isCaught(given, plant)).toBe("safety: lifecycle")
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

import { type HostedPod, Hosts, type Node, NotFound, type PodRef, Stale, Throttled, Unavailable } from "@orrery/core"
import { Layer, Result } from "effect"
import { allPages } from "./allPages.ts"
import { Budgets } from "./Budgets.ts"
import type { Gate } from "./Gate.ts"
import { logsOf } from "./logsOf.ts"
import type { MachinePark } from "./MachinePark.ts"
import type { PodHouse, SimPod } from "./PodHouse.ts"
import { outputOf } from "./program.ts"
import type { SimMachine } from "./SimMachine.ts"
import { steady } from "./steady.ts"
import type { World } from "./World.ts"

const done: Result.Result<void, never> = Result.succeed(undefined)
/** How soon to ask again whether a budget lets a pod go. */
const askBudgetAgainMs = 5_000

/** The Hosts port over a world. */
export const hostsOf = (world: World, park: MachinePark, house: PodHouse, gate: Gate): Layer.Layer<Hosts> => {
  const at = (operation: string) => ({ backend: world.profile.name, operation })
  const budgets = new Budgets(world)
  const answers = (operation: string, node: string) => {
    const machine = house.host(node)
    return machine?.silent === true
      ? new Unavailable({ ...at(operation), detail: `${node} does not answer` })
      : undefined
  }
  /** On a pod; one that is gone already counts as done. */
  const onPod = (operation: "stop" | "remove", ref: PodRef, work: (pod: SimPod) => void) =>
    gate.call<void>({
      operation: `Hosts.${operation}`,
      work: () => {
        const silent = answers(operation, ref.node)
        if (silent !== undefined) return Result.fail(silent)
        const pod = house.find(ref)
        if (pod === undefined) return done
        if (operation === "stop" && budgets.refuses(pod))
          return Result.fail(new Throttled({ ...at(operation), retryAfterMs: askBudgetAgainMs }))
        work(pod)
        return done
      }
    })
  const steadyNodes = steady<Node>()
  const seen = podsOf(house)
  return Layer.succeed(
    Hosts,
    Hosts.of({
      backend: world.profile.name,
      capabilities: world.profile.capabilities,
      nodes: gate.call({
        operation: "Hosts.nodes",
        work: () => Result.succeed(steadyNodes([...house.hosts()].map(nodeOf)))
      }),
      pods: gate.call({ operation: "Hosts.pods", work: () => Result.succeed(seen()) }),
      run: (node, request) =>
        gate.call({
          operation: "Hosts.run",
          mayComeLate: true,
          work: () => Result.map(house.run(node, request), ({ view }) => view)
        }),
      stop: (ref, graceMs) => onPod("stop", ref, (pod) => house.stop(pod, graceMs)),
      remove: (ref) => onPod("remove", ref, (pod) => house.remove(pod)),
      logs: (ref, options) => logsOf(world, house, gate, ref, options),
      exec: (ref, command) =>
        gate.call({
          operation: "Hosts.exec",
          work: () => {
            const silent = answers("exec", ref.node)
            if (silent !== undefined) return Result.fail(silent)
            return house.find(ref) === undefined
              ? Result.fail(new NotFound({ ...at("exec"), kind: "pod", name: ref.name }))
              : Result.succeed(outputOf(command, {}))
          }
        }),
      cordon: (node, cordoned) =>
        gate.call<void>({
          operation: "Hosts.cordon",
          work: () => {
            const machine = house.host(node)
            if (machine === undefined) return Result.fail(new NotFound({ ...at("cordon"), kind: "node", name: node }))
            if (machine.cordoned !== cordoned) park.mark(machine, { cordoned })
            return done
          }
        }),
      documents: documentsOf(world, gate)
    })
  )
}

const documentsOf = (world: World, gate: Gate): Hosts["Service"]["documents"] => ({
  list: (prefix) =>
    allPages(world, gate, {
      operation: "Hosts.documents.list",
      after: (key) => world.documents.list(prefix).filter((document) => document.key > key),
      keyOf: ({ key }) => key,
      show: (document) => document
    }),
  read: (key) =>
    gate.call({ operation: "Hosts.documents.read", work: () => Result.succeed(world.documents.read(key)) }),
  write: (key, body, expected) =>
    gate.call({
      operation: "Hosts.documents.write",
      conditional: true,
      // a creation that came late would bring back what was removed meanwhile, and no store could tell
      mayComeLate: expected !== undefined,
      work: () => {
        const written = world.documents.write(key, body, expected)
        if (written !== undefined) {
          world.note("written", key)
          return Result.succeed(written)
        }
        const detail = `${key} was written by somebody else`
        return Result.fail(new Stale({ backend: world.profile.name, operation: "documents.write", detail }))
      }
    }),
  remove: (key) =>
    gate.call<void>({
      operation: "Hosts.documents.remove",
      work: () => {
        if (world.documents.remove(key)) world.note("removed", key)
        return done
      }
    })
})

/** Pods of hosts that answer. A host knows what it runs: unlike a cloud's list of machines, this never lags. */
const podsOf = (house: PodHouse) => {
  const steadyPods = steady<HostedPod>()
  const steadySilent = steady<string>()
  return () => {
    const pods: Array<HostedPod> = []
    const silent: Array<string> = []
    for (const machine of house.hosts()) {
      if (machine.silent) silent.push(machine.name)
      else for (const pod of house.byMachine.get(machine.id)?.values() ?? []) pods.push(pod.view)
    }
    return { pods: steadyPods(pods), silent: steadySilent(silent) }
  }
}

/** A machine as its host shows it; the same node until something of it changes. */
const nodeOf = (machine: SimMachine): Node => {
  const { cordoned, reclaimAtMs, silent } = machine
  const print = `${cordoned}/${silent}/${reclaimAtMs}`
  const before = shown.get(machine)
  if (before?.print === print) return before.node
  const node = describe(machine)
  shown.set(machine, { print, node })
  return node
}

const shown = new WeakMap<SimMachine, { readonly print: string; readonly node: Node }>()

const describe = (machine: SimMachine): Node => ({
  name: machine.name,
  id: machine.id,
  cluster: machine.request?.owner.cluster ?? "",
  pool: machine.request?.owner.pool ?? "",
  state: machine.silent ? "lost" : machine.reclaimAtMs === undefined ? "ready" : "draining",
  schedulable: !machine.cordoned,
  instanceType: machine.offering.instanceType,
  zone: machine.offering.zone,
  market: machine.offering.market,
  labels: { ...machine.offering.labels, ...machine.request?.labels },
  taints: machine.request?.taints ?? [],
  capacity: machine.offering.capacity,
  microUsdPerHour: machine.offering.microUsdPerHour,
  createdAtMs: machine.launchedAtMs,
  address: `sim://${machine.name}`,
  ...(machine.request === undefined ? {} : { template: machine.request.owner.template }),
  ...(machine.reclaimAtMs === undefined ? {} : { reclaimAtMs: machine.reclaimAtMs })
})

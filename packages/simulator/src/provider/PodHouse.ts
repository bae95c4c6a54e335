import {
  CapacityExhausted,
  type HostedPod,
  lacking,
  minus,
  NotFound,
  type PodRef,
  type Reason,
  type RunRequest,
  requestOf,
  Unavailable
} from "@orrery/core"
import { Result } from "effect"
import { uniformInteger } from "../engine/math/sample.ts"
import type { WorldPod } from "../engine/world/World.ts"
import { leaving } from "../engine/world/WorldEvent.ts"
import type { Due } from "../time/VirtualTime.ts"
import { eventClasses } from "../time/VirtualTime.ts"
import type { MachinePark } from "./MachinePark.ts"
import { type Program, programOf } from "./program.ts"
import type { SimMachine, SimNode } from "./SimMachine.ts"
import type { World } from "./World.ts"

/** A pod on a simulated host. */
export interface SimPod extends WorldPod<SimNode> {
  readonly wanted: RunRequest
  readonly machine: SimMachine
  readonly program: Program
  readonly createdAtMs: number
  /** The pod as its host shows it. */
  view: HostedPod
  exitCode: number | undefined
  reason: string | undefined
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  next: Due | undefined
}

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace: string }): string =>
  `${namespace}/${name}`
const hasEnded = ({ state }: SimPod): boolean => state === "ended"
/** An image that could not be pulled is tried again after so long. */
const pullAgainMs = 20_000
const silentAfterMsMax = 600_000

/** The hosts of a world: the programs that pods run, how long they take to begin and end, and what hosts show of them. */
export class PodHouse {
  /** Pods by machine id, then by namespace and name. */
  readonly byMachine = new Map<string, Map<string, SimPod>>()
  private readonly pulled = new Map<string, Set<string>>()
  private readonly world: World
  private readonly park: MachinePark

  constructor(world: World, park: MachinePark) {
    this.world = world
    this.park = park
    park.onReady = (machine) => this.open(machine)
    park.onEnd = (machine) => this.close(machine)
    for (const machine of park.machines.values()) this.open(machine)
  }

  /** Machines of ours that run, answering or not. */
  *hosts(): Iterable<SimMachine> {
    for (const machine of this.park.visible())
      if (machine.state === "running" && machine.request !== undefined) yield machine
  }

  find({ name, namespace, node }: PodRef): SimPod | undefined {
    const machine = this.host(node)
    return machine === undefined ? undefined : this.byMachine.get(machine.id)?.get(keyOf({ name, namespace }))
  }

  run(node: string, request: RunRequest): Result.Result<SimPod, Reason> {
    const at = { backend: this.world.profile.name, operation: "run" }
    const machine = this.host(node)
    if (machine === undefined) return Result.fail(new NotFound({ ...at, kind: "node", name: node }))
    if (machine.silent) return Result.fail(new Unavailable({ ...at, detail: `${node} does not answer` }))
    const pods = this.byMachine.get(machine.id)
    const known = pods?.get(keyOf(request))
    if (known !== undefined) return Result.succeed(known)
    const pod = this.podFor(request, machine)
    const { node: host } = machine
    const isRoomy = host !== undefined && lacking(pod.request, minus(host.allocatable, host.used)).length === 0
    if (pods === undefined || !isRoomy || !this.world.podBound(pod, host))
      return Result.fail(new CapacityExhausted({ ...at, offering: `room on ${node}` }))
    pods.set(pod.name, pod)
    this.pull(pod)
    return Result.succeed(pod)
  }

  private podFor(request: RunRequest, machine: SimMachine): SimPod {
    const createdAtMs = this.world.stampMs
    return {
      id: this.world.nextNumber(),
      name: keyOf(request),
      request: requestOf(request.spec),
      wanted: request,
      machine,
      node: undefined,
      gpus: [],
      program: programFor(request),
      createdAtMs,
      view: { ...request, node: machine.name, state: "pulling", createdAtMs },
      state: "queued",
      exitCode: undefined,
      reason: undefined,
      startedAtMs: undefined,
      endedAtMs: undefined,
      next: undefined
    }
  }

  /** Asks a pod to end; it takes a while, and no longer than its grace. */
  stop(pod: SimPod, graceMs: number): void {
    if (hasEnded(pod) || pod.state === "leaving") return
    const takesMs = Math.min(graceMs, this.world.lengthOf(`leave/${pod.name}`, this.world.profile.podEndMs))
    this.world.podLeaving(pod, leaving.scaledIn)
    this.changed(pod)
    this.later(pod, takesMs, () => this.finish(pod, { exitCode: 143, reason: "stopped" }))
  }

  /** Forgets a pod that has ended. */
  remove(pod: SimPod): void {
    if (!hasEnded(pod)) this.finish(pod, { exitCode: 137, reason: "stopped" })
    this.byMachine.get(pod.machine.id)?.delete(pod.name)
    this.world.note("forgotten", pod.name)
  }

  /** The machine that bears the name now: an earlier one that has ended does not. */
  host(node: string): SimMachine | undefined {
    for (const machine of this.hosts()) if (machine.name === node) return machine
    return undefined
  }

  private open(machine: SimMachine): void {
    this.byMachine.set(machine.id, new Map())
    this.pulled.set(machine.id, new Set())
    if (machine.request !== undefined && this.world.dice.hitsWorld("silencePerMille", "host")) this.silence(machine)
  }

  private close(machine: SimMachine): void {
    for (const { next } of this.byMachine.get(machine.id)?.values() ?? [])
      if (next !== undefined) this.world.time.cancel(next)
    this.byMachine.delete(machine.id)
    this.pulled.delete(machine.id)
  }

  private silence(machine: SimMachine): void {
    const stream = this.world.stream(`silence/${machine.id}`)
    this.world.after(stream.below(silentAfterMsMax), () => {
      if (machine.state !== "running") return
      machine.silent = true
      if (machine.node !== undefined) this.world.nodeSilent(machine.node, true)
      this.world.after(uniformInteger(stream, 1, Math.max(1, this.world.faults.world.silenceMsMax)), () => {
        machine.silent = false
        if (machine.node !== undefined) this.world.nodeSilent(machine.node, false)
      })
    })
  }

  private pull(pod: SimPod): void {
    const images = pod.wanted.spec.containers.map(({ image }) => image)
    const there = this.pulled.get(pod.machine.id)
    const missing = images.some((image) => there?.has(image) !== true)
    const pullMs = missing ? this.world.lengthOf(`pull/${pod.name}/${pod.machine.id}`, this.world.profile.pullMs) : 0
    if (missing && this.world.dice.hitsWorld("pullFailurePerMille", "pull")) {
      this.later(pod, pullMs, () => {
        pod.reason = "image"
        this.world.note("unpulled", pod.name)
        this.changed(pod)
        this.later(pod, pullAgainMs, () => this.pull(pod))
      })
      return
    }
    this.later(pod, pullMs, () => {
      for (const image of images) there?.add(image)
      this.begin(pod)
    })
  }

  private begin(pod: SimPod): void {
    this.world.podRunning(pod)
    pod.reason = undefined
    pod.startedAtMs = this.world.stampMs
    this.changed(pod)
    const broken = this.breakOf(pod)
    if (broken !== undefined) {
      const withinMs = pod.program.runMs ?? silentAfterMsMax
      this.later(pod, Math.floor(withinMs / 2), () => this.finish(pod, broken))
    } else if (pod.program.runMs !== undefined)
      this.later(pod, pod.program.runMs, () => this.finish(pod, { exitCode: pod.program.exitCode }))
  }

  private breakOf(pod: SimPod): { readonly exitCode: number; readonly reason: string } | undefined {
    if (pod.wanted.owner.kind === "job" && !this.world.faults.world.hitsJobs) return undefined
    if (this.world.dice.hitsWorld("crashPerMille", "pod")) return { exitCode: 139, reason: "crash" }
    if (this.world.dice.hitsWorld("outOfMemoryPerMille", "pod")) return { exitCode: 137, reason: "memory" }
    return undefined
  }

  private finish(pod: SimPod, { exitCode, reason }: { readonly exitCode: number; readonly reason?: string }): void {
    if (pod.next !== undefined) this.world.time.cancel(pod.next)
    pod.next = undefined
    const how = exitCode === 0 ? "podSucceeded" : "podFailed"
    this.world.podEnded(pod, reason === "stopped" ? "podGone" : how, exitCode)
    pod.exitCode = exitCode
    pod.reason = reason ?? (exitCode === 0 ? undefined : "crash")
    pod.endedAtMs = this.world.stampMs
    this.changed(pod)
  }

  private later(pod: SimPod, delayMs: number, action: () => void): void {
    if (pod.next !== undefined) this.world.time.cancel(pod.next)
    pod.next = this.world.time.after(delayMs, eventClasses.world, () => {
      pod.next = undefined
      action()
    })
  }

  private changed(pod: SimPod): void {
    pod.view = viewOf(pod)
  }
}

const programFor = ({ owner, spec }: RunRequest): Program => {
  const [container] = spec.containers
  if (container === undefined) return { exitCode: 0, prints: [] }
  const variables = container.environment.map(({ name, value }) => [name, value ?? ""] as const)
  const program = programOf(container, Object.fromEntries(variables))
  const endless = owner.kind === "job" && program.runMs === undefined && container.command === undefined
  return endless ? { ...program, runMs: 0 } : program
}

const shownState = ({ exitCode, state }: SimPod): HostedPod["state"] => {
  if (state === "running") return "ready"
  if (state === "leaving") return "leaving"
  if (state === "ended") return exitCode === 0 ? "succeeded" : "failed"
  return "pulling"
}

const viewOf = (pod: SimPod): HostedPod => ({
  ...pod.wanted,
  node: pod.machine.name,
  state: shownState(pod),
  createdAtMs: pod.createdAtMs,
  ...(pod.exitCode === undefined ? {} : { exitCode: pod.exitCode }),
  ...(pod.reason === undefined ? {} : { reason: pod.reason }),
  ...(pod.startedAtMs === undefined ? {} : { startedAtMs: pod.startedAtMs }),
  ...(pod.endedAtMs === undefined ? {} : { endedAtMs: pod.endedAtMs })
})

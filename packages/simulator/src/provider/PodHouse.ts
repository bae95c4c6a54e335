import {
  CapacityExhausted,
  type HostedPod,
  NotFound,
  type PodRef,
  type Reason,
  type RunRequest,
  requestOf,
  Unavailable
} from "@orrery/core"
import { Result } from "effect"
import { uniformInteger } from "../engine/math/sample.ts"
import type { Due } from "../time/VirtualTime.ts"
import { eventClasses } from "../time/VirtualTime.ts"
import { HostRoom } from "./HostRoom.ts"
import type { MachinePark, SimMachine } from "./MachinePark.ts"
import { type Program, programOf } from "./program.ts"
import type { World } from "./World.ts"

/** A pod on a simulated host. */
export interface SimPod {
  readonly request: RunRequest
  readonly machine: SimMachine
  readonly program: Program
  readonly createdAtMs: number
  /** The pod as its host shows it. */
  view: HostedPod
  /** Which of the host's GPUs it has, and how much of each. */
  readonly gpus: ReadonlyArray<readonly [device: number, milli: number]>
  state: HostedPod["state"]
  exitCode: number | undefined
  reason: string | undefined
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  next: Due | undefined
}

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace: string }): string =>
  `${namespace}/${name}`
const hasEnded = ({ state }: SimPod): boolean => state === "succeeded" || state === "failed"
/** An image that could not be pulled is tried again after so long. */
const pullAgainMs = 20_000
const silentAfterMsMax = 600_000

/** The hosts of a world and the pods on them. */
export class PodHouse {
  /** Pods by machine id, then by namespace and name. */
  readonly byMachine = new Map<string, Map<string, SimPod>>()
  private readonly rooms = new Map<string, HostRoom>()
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

  /** The room that is taken and free on one host. */
  roomOf(machine: SimMachine): HostRoom | undefined {
    return this.rooms.get(machine.id)
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
    const gpus = this.rooms.get(machine.id)?.take(requestOf(request.spec))
    if (pods === undefined || gpus === undefined)
      return Result.fail(new CapacityExhausted({ ...at, offering: `room on ${node}` }))
    const pod: SimPod = {
      request,
      machine,
      program: programFor(request),
      createdAtMs: this.world.stampMs,
      view: firstView(request, machine, this.world.stampMs),
      gpus,
      state: "pulling",
      exitCode: undefined,
      reason: undefined,
      startedAtMs: undefined,
      endedAtMs: undefined,
      next: undefined
    }
    pods.set(keyOf(request), pod)
    this.world.note("placed", keyOf(request), node)
    this.changed(pod)
    this.pull(pod)
    return Result.succeed(pod)
  }

  /** Asks a pod to end; it takes a while, and no longer than its grace. */
  stop(pod: SimPod, graceMs: number): void {
    if (hasEnded(pod) || pod.state === "leaving") return
    const takesMs = Math.min(graceMs, this.world.lengthOf(`leave/${keyOf(pod.request)}`, this.world.profile.podEndMs))
    pod.state = "leaving"
    this.world.note("leaving", keyOf(pod.request))
    this.changed(pod)
    this.later(pod, takesMs, () => this.finish(pod, { exitCode: 143, reason: "stopped" }))
  }

  /** Forgets a pod that has ended. */
  remove(pod: SimPod): void {
    if (!hasEnded(pod)) this.finish(pod, { exitCode: 137, reason: "stopped" })
    this.byMachine.get(pod.machine.id)?.delete(keyOf(pod.request))
    this.world.note("forgotten", keyOf(pod.request))
  }

  /** The machine that bears the name now: an earlier one that has ended does not. */
  host(node: string): SimMachine | undefined {
    for (const machine of this.hosts()) if (machine.name === node) return machine
    return undefined
  }

  private open(machine: SimMachine): void {
    this.byMachine.set(machine.id, new Map())
    this.rooms.set(machine.id, new HostRoom(machine.offering.capacity))
    this.pulled.set(machine.id, new Set())
    if (machine.request !== undefined && this.world.dice.hitsWorld("silencePerMille", "host")) this.silence(machine)
  }

  private close(machine: SimMachine): void {
    for (const pod of this.byMachine.get(machine.id)?.values() ?? []) {
      if (pod.next !== undefined) this.world.time.cancel(pod.next)
      if (!hasEnded(pod)) this.world.note("lost", keyOf(pod.request), machine.endReason ?? "stopped")
    }
    this.byMachine.delete(machine.id)
    this.rooms.delete(machine.id)
    this.pulled.delete(machine.id)
  }

  private silence(machine: SimMachine): void {
    const stream = this.world.stream(`silence/${machine.id}`)
    this.world.after(stream.below(silentAfterMsMax), () => {
      if (machine.state !== "running") return
      machine.silent = true
      this.world.note("silent", machine.name)
      this.world.after(uniformInteger(stream, 1, Math.max(1, this.world.faults.world.silenceMsMax)), () => {
        machine.silent = false
        this.world.note("heard", machine.name)
      })
    })
  }

  private pull(pod: SimPod): void {
    const images = pod.request.spec.containers.map(({ image }) => image)
    const there = this.pulled.get(pod.machine.id)
    const missing = images.some((image) => there?.has(image) !== true)
    const pullMs = missing
      ? this.world.lengthOf(`pull/${keyOf(pod.request)}/${pod.machine.id}`, this.world.profile.pullMs)
      : 0
    if (missing && this.world.dice.hitsWorld("pullFailurePerMille", "pull")) {
      this.later(pod, pullMs, () => {
        pod.reason = "image"
        this.world.note("unpulled", keyOf(pod.request))
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
    pod.state = "ready"
    pod.reason = undefined
    pod.startedAtMs = this.world.stampMs
    this.world.note("started", keyOf(pod.request), pod.machine.name)
    this.changed(pod)
    const broken = this.breakOf(pod)
    if (broken !== undefined) {
      const withinMs = pod.program.runMs ?? silentAfterMsMax
      this.later(pod, Math.floor(withinMs / 2), () => this.finish(pod, broken))
    } else if (pod.program.runMs !== undefined)
      this.later(pod, pod.program.runMs, () => this.finish(pod, { exitCode: pod.program.exitCode }))
  }

  private breakOf(pod: SimPod): { readonly exitCode: number; readonly reason: string } | undefined {
    if (pod.request.owner.kind === "job" && !this.world.faults.world.hitsJobs) return undefined
    if (this.world.dice.hitsWorld("crashPerMille", "pod")) return { exitCode: 139, reason: "crash" }
    if (this.world.dice.hitsWorld("outOfMemoryPerMille", "pod")) return { exitCode: 137, reason: "memory" }
    return undefined
  }

  private finish(pod: SimPod, { exitCode, reason }: { readonly exitCode: number; readonly reason?: string }): void {
    if (pod.next !== undefined) this.world.time.cancel(pod.next)
    pod.next = undefined
    pod.state = exitCode === 0 ? "succeeded" : "failed"
    pod.exitCode = exitCode
    pod.reason = reason ?? (exitCode === 0 ? undefined : "crash")
    pod.endedAtMs = this.world.stampMs
    this.rooms.get(pod.machine.id)?.give(requestOf(pod.request.spec), pod.gpus)
    this.world.note(pod.state, keyOf(pod.request), pod.machine.name, exitCode)
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

const firstView = (request: RunRequest, machine: SimMachine, createdAtMs: number): HostedPod => ({
  ...request,
  node: machine.name,
  state: "pulling",
  createdAtMs
})

const viewOf = (pod: SimPod): HostedPod => ({
  ...pod.request,
  node: pod.machine.name,
  state: pod.state,
  createdAtMs: pod.createdAtMs,
  ...(pod.exitCode === undefined ? {} : { exitCode: pod.exitCode }),
  ...(pod.reason === undefined ? {} : { reason: pod.reason }),
  ...(pod.startedAtMs === undefined ? {} : { startedAtMs: pod.startedAtMs }),
  ...(pod.endedAtMs === undefined ? {} : { endedAtMs: pod.endedAtMs })
})

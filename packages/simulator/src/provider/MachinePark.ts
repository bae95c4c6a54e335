import {
  CapacityExhausted,
  Conflict,
  InvalidInput,
  type LaunchRequest,
  type Offering,
  QuotaExceeded,
  type Reason
} from "@orrery/core"
import { Result } from "effect"
import { exponential } from "../engine/math/sample.ts"
import { History } from "./History.ts"
import { offeringKey } from "./Market.ts"
import { isAlive, nameOf, type SimMachine, standingTemplate, viewOf } from "./SimMachine.ts"
import type { World } from "./World.ts"

type Known = { readonly id: string; readonly print: string; readonly atMs: number }

/** What must be the same for a token to mean the same machine. Leases move on, and where a type is sold out another is tried. */
const printOf = ({ owner }: LaunchRequest): string =>
  JSON.stringify([owner.cluster, owner.pool, owner.machine, owner.template])

/** The machines of a simulated cloud, ours and others', from launch to the end. */
export class MachinePark {
  /** Every machine there ever was, in the order of launch. */
  readonly machines = new Map<string, SimMachine>()
  /** Told whenever a machine can be used, and when it cannot any more. */
  onReady: (machine: SimMachine) => void = () => undefined
  onEnd: (machine: SimMachine) => void = () => undefined
  private readonly tokens = new Map<string, Known>()
  private readonly inVain = new Map<string, number>()
  private readonly shown = new Set<string>()
  private readonly world: World
  private serial = 0

  constructor(world: World) {
    this.world = world
    for (const { count, instanceType } of world.profile.standing)
      for (let index = 1; index <= count; index++) this.stand(instanceType, index)
  }

  /** Those that are still shown, also a while after their end. */
  *visible(): Iterable<SimMachine> {
    for (const id of this.shown) {
      const machine = this.machines.get(id)
      if (machine !== undefined) yield machine
    }
  }

  /** What could not be rented, why, and how often it was asked for in vain. */
  refusals(): ReadonlyArray<{ readonly what: string; readonly why: string; readonly count: number }> {
    return [...this.inVain]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([wanted, count]) => {
        const [what = "", why = ""] = wanted.split(" ")
        return { what, why, count }
      })
  }

  launch(request: LaunchRequest): Result.Result<SimMachine, Reason> {
    const at = { backend: this.world.profile.name, operation: "launch" }
    const known = this.tokens.get(request.token)
    if (known !== undefined && this.world.time.elapsedMs - known.atMs < this.world.profile.tokenMs) {
      const machine = this.machines.get(known.id)
      if (known.print === printOf(request) && machine !== undefined) return Result.succeed(machine)
      const detail = "its token was used for another machine"
      return Result.fail(new Conflict({ ...at, kind: "machine", name: request.owner.machine, detail }))
    }
    const offered = this.world.market.at(this.world.time.elapsedMs)
    const alike = offered.filter((one) => one.instanceType === request.instanceType && one.market === request.market)
    const offering = alike.find(({ zone }) => request.zone === undefined || zone === request.zone)
    if (offering === undefined) {
      const message = `nobody offers ${request.instanceType} ${request.market}`
      return Result.fail(new InvalidInput({ ...at, problems: [{ path: "instanceType", message }] }))
    }
    const lack = this.lackOf(offering, request.maxMicroUsdPerHour)
    if (lack !== undefined) {
      const wanted = `${offeringKey(offering)} ${lack._tag}`
      this.inVain.set(wanted, (this.inVain.get(wanted) ?? 0) + 1)
      this.world.note("refused", request.owner.machine, lack._tag, offeringKey(offering))
      return Result.fail(lack)
    }
    const machine = this.add(request.owner.machine, offering, request)
    this.tokens.set(request.token, { id: machine.id, print: printOf(request), atMs: this.world.time.elapsedMs })
    this.world.note("launched", nameOf(machine), offeringKey(offering), offering.microUsdPerHour)
    this.boot(machine)
    return Result.succeed(machine)
  }

  /** A machine of somebody else, which takes up what there is and must never be touched. */
  plant(name: string): SimMachine | undefined {
    const [offering] = this.world.profile.offerings
    if (offering === undefined) return undefined
    const machine = this.add(name, offering, undefined)
    machine.state = "running"
    this.changed(machine)
    return machine
  }

  end(machine: SimMachine, reason: string): void {
    if (!isAlive(machine)) return
    machine.state = "terminating"
    machine.endReason = reason
    machine.endedElapsedMs = this.world.time.elapsedMs
    this.world.note("ending", nameOf(machine), reason)
    this.changed(machine)
    this.leaveWorld(machine, reason)
    this.world.after(this.world.lengthOf(`end/${machine.id}`, this.world.profile.endMs), () => {
      machine.state = "terminated"
      this.forgetNode(machine)
      this.world.note("gone", nameOf(machine))
      this.changed(machine)
      this.world.after(this.world.profile.shownAfterEndMs, () => this.shown.delete(machine.id))
    })
  }

  /** Stops a machine without giving it up; what runs on it ends. */
  stop(machine: SimMachine): void {
    if (machine.state !== "running" && machine.state !== "pending") return
    machine.state = "stopping"
    this.world.note("stopping", nameOf(machine))
    this.changed(machine)
    this.leaveWorld(machine, "stopped")
    this.world.after(this.world.lengthOf(`stop/${machine.id}`, this.world.profile.endMs), () => {
      if (machine.state !== "stopping") return
      machine.state = "stopped"
      this.forgetNode(machine)
      this.changed(machine)
    })
  }

  start(machine: SimMachine): void {
    if (machine.state !== "stopped") return
    machine.state = "pending"
    this.world.note("starting", nameOf(machine))
    this.changed(machine)
    this.boot(machine)
  }

  mark(machine: SimMachine, marks: { readonly cordoned?: boolean; readonly leaseUntilMs?: number }): void {
    if (marks.cordoned !== undefined && marks.cordoned !== machine.cordoned) {
      machine.cordoned = marks.cordoned
      if (machine.node?.state === "ready" || machine.node?.state === "closed")
        this.world.nodeCordoned(machine.node, machine.cordoned)
    }
    if (marks.leaseUntilMs !== undefined) machine.leaseUntilMs = marks.leaseUntilMs
    this.world.note("marked", nameOf(machine), machine.cordoned ? "cordoned" : "open")
    this.changed(machine)
    this.watchLease(machine)
  }

  private lackOf(offering: Offering, maxMicroUsdPerHour: number | undefined): Reason | undefined {
    const { profile, shortages, time } = this.world
    const at = { backend: profile.name, operation: "launch" }
    const quotaCpuMilli = shortages.quotaOf(profile.quotaCpuMilli, time.elapsedMs)
    const alive = [...this.visible()].filter(isAlive)
    const cpuMilli = alive.reduce((sum, machine) => sum + (machine.request ? machine.offering.capacity.cpuMilli : 0), 0)
    if (cpuMilli + offering.capacity.cpuMilli > quotaCpuMilli)
      return new QuotaExceeded({ ...at, quota: `${quotaCpuMilli / 1000} cores` })
    const key = offeringKey(offering)
    const used = alive.filter((machine) => offeringKey(machine.offering) === key).length
    const isDry = shortages.isDry(offering, time.elapsedMs)
    const soldOut = isDry || used >= this.world.market.available(offering, time.elapsedMs)
    const tooDear = maxMicroUsdPerHour !== undefined && offering.microUsdPerHour > maxMicroUsdPerHour
    return soldOut || tooDear ? new CapacityExhausted({ ...at, offering: key }) : undefined
  }

  private add(name: string, offering: Offering, request: LaunchRequest | undefined): SimMachine {
    this.serial += 1
    const machine: SimMachine = {
      id: `m-${String(this.serial).padStart(6, "0")}`,
      name,
      request,
      offering,
      launchedAtMs: this.world.stampMs,
      history: new History(),
      node: undefined,
      state: "pending",
      cordoned: false,
      leaseUntilMs: request?.leaseUntilMs,
      reclaimAtMs: undefined,
      silent: false,
      startedElapsedMs: this.world.time.elapsedMs,
      endedElapsedMs: undefined,
      endReason: undefined
    }
    this.machines.set(machine.id, machine)
    this.shown.add(machine.id)
    this.changed(machine)
    return machine
  }

  private stand(instanceType: string, index: number): void {
    const offering = this.world.profile.offerings.find((one) => one.instanceType === instanceType)
    if (offering === undefined) return
    const pool = offering.capacity.gpuMilli > 0 ? "gpu" : "cpu"
    const owner = { cluster: this.world.profile.name, pool, machine: `${pool}-${index}`, template: standingTemplate }
    const network = { subnets: [], securityGroups: [] }
    const request = { token: `standing ${owner.machine}`, owner, instanceType, market: "on-demand" as const, network }
    const machine = this.add(owner.machine, offering, { ...request, labels: {}, taints: [] })
    this.enterWorld(machine)
    this.run(machine)
  }

  /** The machine is a node from here on, one that boots. */
  private enterWorld(machine: SimMachine): void {
    machine.node = this.world.nodeOf(machine, machine.request?.owner.pool ?? "")
    this.world.nodeRequested(machine.node)
  }

  private run(machine: SimMachine): void {
    machine.state = "running"
    if (machine.node !== undefined) {
      this.world.nodeReady(machine.node)
      if (machine.cordoned) this.world.nodeCordoned(machine.node, true)
    }
    this.changed(machine)
  }

  /** The node is lost at once, unless it was given up empty: then it is gone when its machine is. */
  private leaveWorld(machine: SimMachine, reason: string): void {
    this.onEnd(machine)
    const { node } = machine
    if (node === undefined) return
    const isGivenUp = reason === "terminated" || reason === "stopped"
    if (node.state === "booting") {
      if (!isGivenUp) this.world.tell("nodeBootFailed", node, node.pool)
      node.state = "deleting"
    } else if (isGivenUp && node.pods.length === 0) node.state = "deleting"
    else {
      this.world.nodeLost(node)
      this.forgetNode(machine)
    }
  }

  private forgetNode(machine: SimMachine): void {
    if (machine.node !== undefined) this.world.nodeGone(machine.node)
    machine.node = undefined
  }

  private boot(machine: SimMachine): void {
    this.enterWorld(machine)
    const fails = this.world.dice.hitsWorld("bootFailurePerMille", "boot")
    this.world.after(this.world.lengthOf(`boot/${machine.id}`, this.world.profile.bootMs), () => {
      if (machine.state !== "pending") return
      if (fails) return this.end(machine, "boot failure")
      this.run(machine)
      this.onReady(machine)
    })
    this.watchLease(machine)
    this.watchSpot(machine)
  }

  private watchLease(machine: SimMachine): void {
    if (machine.leaseUntilMs === undefined) return
    this.world.after(Math.max(0, machine.leaseUntilMs - this.world.time.nowMs), () => {
      if (machine.leaseUntilMs !== undefined && machine.leaseUntilMs <= this.world.time.nowMs)
        this.end(machine, "lease")
    })
  }

  private watchSpot(machine: SimMachine): void {
    const { noticesMs, spotLifeMsMean } = this.world.profile.market
    if (machine.offering.market !== "spot" || spotLifeMsMean === 0) return
    const stream = this.world.stream(`spot/${machine.id}`)
    const lifeMs = Math.ceil(exponential(stream, spotLifeMsMean))
    const noticeMs = noticesMs[stream.below(noticesMs.length)] ?? 0
    this.world.after(lifeMs, () => {
      if (!isAlive(machine)) return
      if (noticeMs > 0) {
        machine.reclaimAtMs = this.world.stampMs + noticeMs
        this.world.note("reclaiming", nameOf(machine), noticeMs)
        this.changed(machine)
      }
      this.world.after(noticeMs, () => this.end(machine, "reclaimed"))
    })
  }

  private changed(machine: SimMachine): void {
    if (machine.request !== undefined)
      machine.history.record(this.world.time.elapsedMs, viewOf(machine, machine.request))
  }
}

import { Machines } from "@orrery/core"
import { Clock, Effect } from "effect"
import { beforeEach, expect, it } from "vitest"
import { machines } from "../src/index.ts"
import { launchForeign } from "./foreign.ts"
import { request } from "./request.ts"
import { config, fault, reset } from "./server.ts"

const timeout = 120_000
const port = machines(config)
const run = <A, E>(effect: Effect.Effect<A, E, Machines>) =>
  Effect.runPromise(effect.pipe(Effect.provide(port), Effect.timeout("110 seconds")))

const notFound = "InvalidInstanceID.NotFound"

beforeEach(reset)

it("one token is one machine, also when the reply was lost", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      yield* Effect.promise(() => fault({ action: "RunInstances", kind: "drop-reply", times: 1 }))
      const lost = yield* Effect.flip(aws.launch(request("general-1", "token-1")))
      expect([lost.reason._tag, lost.retry]).toEqual(["Unavailable", "later"])
      const machine = yield* aws.launch(request("general-1", "token-1"))
      const seen = yield* aws.observe("c1")
      expect(seen.map(({ id, owner }) => [id, owner.machine])).toEqual([[machine.id, "general-1"]])
    })
  )
)

it("a token gives its machine back, also when it is asked for with another lease, zone or type", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const first = yield* aws.launch(request("general-1", "token-2", { leaseUntilMs: 1 }))
      for (const more of [{ leaseUntilMs: 2 }, { zone: "us-east-1b" }, { instanceType: "c5.2xlarge" }])
        expect((yield* aws.launch(request("general-1", "token-2", more))).id).toBe(first.id)
      expect((yield* aws.observe("c1")).length).toBe(1)
    })
  )
)

it("a token whose machine nobody shows yet is a conflict and no second machine", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const first = yield* aws.launch(request("general-1", "token-2"))
      yield* Effect.promise(() => fault({ action: "DescribeInstances", kind: "stale" }))
      const error = yield* Effect.flip(aws.launch(request("general-1", "token-2", { instanceType: "c5.2xlarge" })))
      expect(error.reason._tag).toBe("Conflict")
      expect((yield* aws.observe("c1")).map(({ id }) => id)).toEqual([first.id])
    })
  )
)

it("a clock that is ahead makes no machine count as gone that is only not shown yet", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const clock = yield* Clock.Clock
      const at = (aheadMs: number) => {
        const value = Effect.map(clock.currentTimeMillis, (ms) => ms + aheadMs)
        const ahead: Clock.Clock = Object.create(clock, { currentTimeMillis: { value } })
        return Effect.provideService(Clock.Clock, ahead)
      }
      yield* Effect.promise(() => fault({ action: "DescribeInstances", kind: "error", code: notFound, times: 2 }))
      const launched = yield* aws.launch(request("general-1", "token-7")).pipe(at(300_000))
      expect(launched.state).not.toBe("terminated")
      const ended = yield* aws.launch(request("general-1", "token-7")).pipe(at(7_200_000))
      expect([ended.id, ended.state]).toEqual([launched.id, "terminated"])
    })
  )
)

it("capacity, quota and throttling are told apart", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const tags: Array<string> = []
      for (const code of ["InsufficientInstanceCapacity", "VcpuLimitExceeded", "RequestLimitExceeded"]) {
        yield* Effect.promise(() => fault({ action: "RunInstances", kind: "error", code, status: 400, times: 1 }))
        tags.push((yield* Effect.flip(aws.launch(request("general-1", "token-3")))).reason._tag)
      }
      expect(tags).toEqual(["CapacityExhausted", "QuotaExceeded", "Throttled"])
      expect(yield* aws.observe()).toEqual([])
    })
  )
)

it("a goal is written once, changed on condition, and gone when removed", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const { goals } = yield* Machines
      const goal = {
        spec: { ...spec, name: "c1" },
        sizes: { general: 2 },
        generation: 1,
        deleting: false
      }
      const first = yield* goals.write(goal, undefined)
      expect((yield* Effect.flip(goals.write(goal, undefined))).reason._tag).toBe("Stale")
      const second = yield* goals.write({ ...goal, generation: 2 }, first.version)
      expect((yield* Effect.flip(goals.write({ ...goal, generation: 3 }, first.version))).reason._tag).toBe("Stale")
      expect(yield* goals.read("c1")).toEqual({ goal: { ...goal, generation: 2 }, version: second.version })
      expect((yield* goals.list).length).toBe(1)
      yield* goals.remove("c1")
      yield* goals.remove("c1")
      expect(yield* goals.read("c1")).toBeUndefined()
    })
  )
)

it("the security group is made once and removed after its machines", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const network = yield* aws.prerequisites.ensure("c1", { subnets: [], securityGroups: [] })
      expect(yield* aws.prerequisites.ensure("c1", { subnets: [], securityGroups: [] })).toEqual(network)
      const machine = yield* aws.launch(request("general-1", "token-4", { network }))
      yield* aws.mark(machine.id, { cordoned: true, leaseUntilMs: 5 })
      expect((yield* aws.observe("c1"))[0]).toMatchObject({ cordoned: true, leaseUntilMs: 5 })
      yield* aws.terminate([machine.id])
      yield* aws.prerequisites.remove("c1")
      yield* aws.prerequisites.remove("c1")
    })
  )
)

it("ending is for good and twice the same; what has ended is still listed [D11 D33]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const { id } = yield* aws.launch(request("general-1", "token-5"))
      yield* aws.terminate([id])
      yield* aws.terminate([id, "i-0123456789abcdef0"])
      expect((yield* aws.observe("c1")).map((machine) => [machine.id, machine.state])).toEqual([[id, "terminated"]])
    })
  )
)

it("stop and start, each as often as asked [D30 D31]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const { id } = yield* aws.launch(request("general-1", "token-6"))
      const state = Effect.map(aws.observe("c1"), ([machine]) => machine?.state)
      for (const [work, reached] of [
        [aws.stop(id), "stopped"],
        [aws.start(id), "running"]
      ] as const) {
        yield* work
        yield* work
        expect(yield* state).toBe(reached)
      }
    })
  )
)

it("a spot machine cannot be stopped, and the refusal says so", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const { id, market } = yield* aws.launch(request("general-1", "token-8", { market: "spot" }))
      const { reason } = yield* Effect.flip(aws.stop(id))
      expect([market, reason._tag, reason.what]).toEqual(["spot", "Unsupported", expect.stringContaining("one-time")])
    })
  )
)

it("marks go on no machine of somebody else", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const theirs = yield* Effect.promise(() => launchForeign("theirs"))
      const error = yield* Effect.flip(aws.mark(theirs, { cordoned: true }))
      expect(error.reason._tag).toBe("NotFound")
      expect((yield* Effect.flip(aws.mark("i-0123456789abcdef0", { cordoned: true }))).reason._tag).toBe("NotFound")
    })
  )
)

it("offerings of the asked types carry zone, capacity and both markets", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const aws = yield* Machines
      const offered = yield* aws.offerings("us-east-1", ["c5.xlarge", "p3.2xlarge"])
      expect([...new Set(offered.map(({ instanceType }) => instanceType))]).toEqual(["c5.xlarge", "p3.2xlarge"])
      expect(offered.find(({ instanceType }) => instanceType === "p3.2xlarge")?.capacity.gpuMilli).toBe(1000)
      expect(new Set(offered.map(({ market }) => market))).toEqual(new Set(["on-demand", "spot"]))
    })
  )
)

const spec = {
  provider: "aws",
  network: { subnets: [], securityGroups: [] },
  nodePools: [
    { name: "general", instanceTypes: ["c5.xlarge"], minSize: 1, maxSize: 3, labels: {}, taints: [], zones: [] }
  ],
  update: { maxUnavailable: "1", maxSurge: "1", drainTimeoutMs: 1, podEvictionTimeoutMs: 1, nodeDrainGracePeriodMs: 0 },
  labels: {}
} as const

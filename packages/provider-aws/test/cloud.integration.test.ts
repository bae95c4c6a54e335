import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client
} from "@aws-sdk/client-ec2"
import { ClusterManager, ClusterSpec, Machines, production } from "@orrery/core"
import { Effect, Layer, Schema, Stream } from "effect"
import { beforeEach, expect, it } from "vitest"
import { layer, machines } from "../src/index.ts"
import { request } from "./request.ts"
import { config, endpoint, fault, faultsMet, reset } from "./server.ts"

// What EC2 does on some days, and what becomes of a cluster then.

const timeout = 120_000
const services = Layer.merge(layer(config, { everyMs: 50 }).pipe(production()), machines(config))
const run = <A, E>(effect: Effect.Effect<A, E, ClusterManager | Machines>) =>
  Effect.runPromise(effect.pipe(Effect.provide(services), Effect.timeout("110 seconds")))
const faulty = (body: Readonly<Record<string, unknown>>) => Effect.promise(() => fault(body))
const ec2 = new EC2Client({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" }
})

const cluster = (pool: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
  Schema.decodeSync(ClusterSpec)({
    name: "c1",
    provider: "aws",
    nodePools: [{ name: "general", instanceTypes: ["c5.xlarge", "m5.xlarge"], minSize: 2, maxSize: 4, ...pool }],
    ...more
  })
const soldOut = (match: Readonly<Record<string, string>>) => ({
  action: "RunInstances",
  kind: "error",
  code: "InsufficientInstanceCapacity",
  match,
  times: 1_000
})

beforeEach(reset)

it(
  "a misspelt instance type is refused with the one that was meant, and the cluster stays as it is [R16]",
  { timeout },
  () =>
    run(
      Effect.gen(function* () {
        const clusters = yield* ClusterManager
        const before = yield* clusters.createCluster(cluster({ minSize: 1 }))
        const wrong = cluster({ minSize: 2, instanceTypes: ["c5.xlrage"] })
        for (const call of [
          clusters.createCluster(wrong),
          clusters.updateCluster("c1", { nodePools: wrong.nodePools }),
          clusters.createCluster({ ...wrong, name: "c2" })
        ]) {
          const { reason } = yield* Effect.flip(call)
          expect(reason._tag === "InvalidInput" ? reason.problems : reason).toEqual([
            {
              path: "nodePools.0.instanceTypes.0",
              message: "nobody offers c5.xlrage",
              remedy: "did you mean c5.xlarge?"
            }
          ])
        }
        expect(yield* Stream.runCollect(clusters.listClusters)).toEqual([before])
      })
    )
)

it("sold out in one zone, machines come from the next; in all of them, of the next type [R16]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const first = yield* clusters.createCluster(cluster({ minSize: 1 }))
      const zone = first.nodes[0]?.zone ?? ""
      yield* faulty(soldOut({ InstanceType: "c5.xlarge", "Placement.AvailabilityZone": zone }))
      const second = yield* clusters.createCluster(cluster({ minSize: 2 }))
      expect(new Set(second.nodes.map((node) => node.zone)).size).toBe(2)
      yield* faulty(soldOut({ InstanceType: "c5.xlarge" }))
      const third = yield* clusters.createCluster(cluster({ minSize: 3 }))
      expect(third.nodes.map(({ instanceType }) => instanceType)).toEqual(["c5.xlarge", "c5.xlarge", "m5.xlarge"])
    })
  )
)

it("a pool is spread over its zones, and what is sold out is not asked for again for a while", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
      const [closed = "", ...open] = zones
      yield* faulty(soldOut({ InstanceType: "c5.xlarge", "Placement.AvailabilityZone": closed }))
      const pool = { minSize: 6, maxSize: 9, zones }
      const { nodes } = yield* clusters.createCluster(cluster(pool))
      const here = (zone: string) => nodes.filter((node) => node.zone === zone).length
      expect(open.map(here)).toEqual([3, 3])
      const met = yield* Effect.promise(faultsMet)
      const planned = yield* clusters.plan(cluster({ ...pool, minSize: 7 }))
      expect(planned.steps.map(({ reason }) => reason)).toEqual([
        `general has 6 of 7 machines; c5.xlarge on-demand in ${closed} is sold out; zone us-east-1b has the fewest`
      ])
      yield* clusters.createCluster(cluster({ ...pool, minSize: 8 }))
      expect(yield* Effect.promise(faultsMet)).toBe(met)
    })
  )
)

it("where nothing can be had, all that was tried is named", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      yield* faulty(soldOut({}))
      const error = yield* Effect.flip(
        clusters.createCluster(
          cluster({ minSize: 1, zones: ["us-east-1a", "us-east-1b"], instanceTypes: ["c5.xlarge"] })
        )
      )
      expect(error.reason._tag).toBe("CapacityExhausted")
      expect(error.message).toContain("c5.xlarge on-demand in us-east-1a, c5.xlarge on-demand in us-east-1b")
    })
  )
)

it("machines keep their metadata for themselves, and their disks are encrypted", { timeout }, () =>
  run(
    Effect.gen(function* () {
      yield* (yield* ClusterManager).createCluster(cluster({ minSize: 1 }))
      const [instances, disks] = yield* Effect.promise(() =>
        Promise.all([ec2.send(new DescribeInstancesCommand({})), ec2.send(new DescribeVolumesCommand({}))])
      )
      const [instance] = (instances.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)
      expect(instance?.MetadataOptions?.HttpTokens).toBe("required")
      expect((disks.Volumes ?? []).map(({ Encrypted }) => Encrypted)).toEqual([true])
    })
  )
)

it("asked to slow down, it waits as long as it is told, and one call is one request", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const slower = { kind: "error", code: "RequestLimitExceeded", retryAfter: 1 }
      yield* faulty({ ...slower, action: "DescribeInstances", times: 3 })
      const error = yield* Effect.flip((yield* Machines).observe())
      expect(error.reason).toMatchObject({ _tag: "Throttled", retryAfterMs: 1_000 })
      expect(yield* Effect.promise(faultsMet)).toBe(1)
      const beganAtMs = Date.now()
      const clusters = yield* ClusterManager
      expect(yield* Stream.runCollect(clusters.nodes.list())).toEqual([])
      expect(Date.now() - beganAtMs).toBeGreaterThanOrEqual(2_000)
      expect(yield* Effect.promise(faultsMet)).toBe(3)
    })
  )
)

it("what can be rented is asked for once and not at every look; a failure is asked about again", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const { offerings } = yield* Machines
      yield* faulty({ action: "DescribeInstanceTypes", kind: "error", code: "InternalError", times: 1 })
      yield* faulty({ action: "DescribeInstanceTypes", kind: "delay", times: 1_000 })
      expect((yield* Effect.flip(offerings(undefined, ["m5.large"]))).reason._tag).toBe("Unavailable")
      const first = yield* offerings(undefined, ["m5.large"])
      expect(first.length).toBeGreaterThan(0)
      expect(yield* offerings("us-east-1", ["m5.large"])).toBe(first)
      expect(yield* Effect.promise(faultsMet)).toBe(2)
    })
  )
)

it("an empty page is not the end of a list", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      yield* clusters.createCluster(cluster())
      for (const action of ["DescribeInstances", "DescribeLaunchTemplates", "DescribeSecurityGroups"])
        yield* faulty({ action, kind: "empty-page", times: 1_000 })
      expect((yield* Stream.runCollect(clusters.nodes.list("c1"))).length).toBe(2)
      expect((yield* Stream.runCollect(clusters.listClusters)).map(({ name }) => name)).toEqual(["c1"])
      yield* clusters.deleteCluster("c1")
      expect(yield* Stream.runCollect(clusters.listClusters)).toEqual([])
    })
  )
)

it("lists that lag behind what was made make nothing twice and lose nothing", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      yield* faulty({ action: "DescribeInstances", kind: "stale", skip: 1, times: 4 })
      const made = yield* clusters.createCluster(cluster())
      expect(made.nodes.map(({ name }) => name)).toEqual(["general-1", "general-2"])
      const all = yield* Effect.promise(() => ec2.send(new DescribeInstancesCommand({})))
      expect(all.Reservations?.length).toBe(2)
    })
  )
)

it("a spot machine that is to be taken away says when, and another takes its place [R5 R24]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const spot = cluster({ minSize: 1, spot: { maxMicroUsdPerHour: 2 } })
      const [node] = (yield* clusters.createCluster(spot)).nodes
      expect(node?.market).toBe("spot")
      const notice = { method: "POST", body: JSON.stringify({ instance: node?.id, noticeMs: 600_000 }) }
      yield* Effect.promise(() => fetch(`${endpoint}/_interrupt`, notice))
      const noticed = yield* clusters.nodes.get(node?.id ?? "")
      expect((noticed.reclaimAtMs ?? 0) - Date.now()).toBeGreaterThan(20_000)
      const replaced = yield* clusters.createCluster(spot)
      expect(replaced.nodes.map(({ id }) => id)).not.toContain(node?.id)
      expect(replaced.nodes.length).toBe(1)
    })
  )
)

it("machines stand in the network, subnets and security groups that are asked for [R10 R11 R12 R13]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const made = yield* Effect.promise(async () => {
        const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))
        const subnet = async (zone: string, CidrBlock: string) =>
          (await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, AvailabilityZone: zone, CidrBlock }))).Subnet
        const group = { GroupName: "given", Description: "given", VpcId: Vpc?.VpcId }
        const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand(group))
        const subnets = [await subnet("us-east-1a", "10.9.1.0/24"), await subnet("us-east-1b", "10.9.2.0/24")]
        return { vpc: Vpc?.VpcId ?? "", group: GroupId, subnets: subnets.map((it) => it?.SubnetId ?? "") }
      })
      const clusters = yield* ClusterManager
      const where = Effect.promise(async () =>
        ((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? [])
          .flatMap(({ Instances = [] }) => Instances)
          .filter(({ State }) => State?.Name === "running")
          .map(({ SecurityGroups, SubnetId, VpcId }) => [VpcId, SubnetId, SecurityGroups?.[0]?.GroupName])
      )
      const { group, subnets, vpc } = made
      const inZone = (zone: string) => ({ minSize: 1, zones: [zone] })
      yield* clusters.createCluster(cluster(inZone("us-east-1b"), { network: { subnets, securityGroups: [group] } }))
      expect(yield* where).toEqual([[vpc, subnets[1], "given"]])
      yield* clusters.deleteCluster("c1")
      // a group of our own is made in the network of the subnets, or in the one that is named
      for (const network of [{ subnets: subnets.slice(0, 1) }, { vpc }]) {
        yield* clusters.createCluster(cluster(inZone("us-east-1a"), { network }))
        expect(yield* where).toEqual([[vpc, subnets[0], "orrery-c1"]])
        yield* clusters.deleteCluster("c1")
      }
      const error = yield* Effect.flip(clusters.createCluster(cluster(inZone("us-east-1c"), { network: { vpc } })))
      expect(error.message).toContain("in us-east-1c, where the cluster has no subnet")
    })
  )
)

it("a cluster of another region is refused before anything is made [R9]", { timeout }, () =>
  run(
    Effect.gen(function* () {
      const clusters = yield* ClusterManager
      const error = yield* Effect.flip(clusters.plan(cluster({}, { region: "eu-west-1" })))
      expect([error.reason._tag, error.remedy]).toEqual(["InvalidInput", "connect with region eu-west-1"])
      const port = yield* Machines
      yield* port.launch(request("general-1", "token-1"))
      expect((yield* clusters.createCluster(cluster({}, { region: "us-east-1" }))).state).toBe("ready")
    })
  )
)

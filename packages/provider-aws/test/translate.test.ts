import type { LaunchRequest } from "@orrery/core"
import { expect, it } from "vitest"
import { toRunInstances } from "../src/launch.ts"
import { toOfferings } from "../src/offerings.ts"
import { withNotices } from "../src/reclaim.ts"
import { toMachine } from "../src/tags.ts"

const request: LaunchRequest = {
  token: "t".repeat(32),
  owner: { cluster: "production", pool: "general", machine: "general-1", template: "abc" },
  instanceType: "c5.xlarge",
  market: "spot",
  maxMicroUsdPerHour: 2_000_000,
  zone: "us-west-2a",
  network: { subnets: [], securityGroups: ["sg-1"] },
  labels: {},
  taints: [],
  diskBytes: 100 * 2 ** 30,
  userData: "#cloud-config\n",
  leaseUntilMs: 123
}

it("a machine's marks, token and price are in the one call that makes it [R26 T58]", () => {
  const input = toRunInstances(request, "ami-1", undefined, "/dev/xvda")
  expect(input).toMatchObject({
    MinCount: 1,
    MaxCount: 1,
    ClientToken: request.token,
    Placement: { AvailabilityZone: "us-west-2a" },
    SecurityGroupIds: ["sg-1"],
    InstanceMarketOptions: { MarketType: "spot", SpotOptions: { MaxPrice: "2.00" } },
    BlockDeviceMappings: [
      { DeviceName: "/dev/xvda", Ebs: { VolumeSize: 100, Encrypted: true, DeleteOnTermination: true } }
    ]
  })
  expect(input.TagSpecifications?.map(({ ResourceType }) => ResourceType)).toEqual([
    "instance",
    "volume",
    "spot-instances-request"
  ])
})

it("what was written in the tags is read back from them [D9 D10 D13]", () => {
  const tags = toRunInstances(request, "ami-1", "subnet-1", undefined).TagSpecifications?.[0]?.Tags ?? []
  const machine = toMachine({
    InstanceId: "i-1",
    InstanceType: "c5.xlarge",
    InstanceLifecycle: "spot",
    State: { Name: "shutting-down" },
    Placement: { AvailabilityZone: "us-west-2a" },
    LaunchTime: new Date(7),
    Tags: tags
  })
  expect(machine).toEqual({
    id: "i-1",
    owner: request.owner,
    token: request.token,
    state: "terminating",
    instanceType: "c5.xlarge",
    zone: "us-west-2a",
    market: "spot",
    launchedAtMs: 7,
    leaseUntilMs: 123,
    cordoned: false
  })
})

it("a machine's address is told once it has one, and a notice when it will be taken away [D12]", () => {
  const Tags = toRunInstances(request, "ami-1", undefined, undefined).TagSpecifications?.[0]?.Tags ?? []
  const see = (more: object) => toMachine({ InstanceId: "i-1", InstanceLifecycle: "spot", Tags, ...more })
  expect([see({})?.address, see({ PrivateIpAddress: "10.0.0.7" })?.address]).toEqual([undefined, "10.0.0.7"])
  const machine = see({})
  const requests = [{ InstanceId: "i-1", Status: { UpdateTime: new Date(1_000) } }, { InstanceId: "i-2" }]
  expect(withNotices(machine === undefined ? [] : [machine], requests)).toEqual([{ ...machine, reclaimAtMs: 121_000 }])
})

it("a machine without our marks is none of ours", () => {
  expect(toMachine({ InstanceId: "i-2", Tags: [{ Key: "orrery:cluster", Value: "production" }] })).toBeUndefined()
})

it("offerings name both markets, and say where a price is unknown", () => {
  const info = { InstanceType: "c5.xlarge", VCpuInfo: { DefaultVCpus: 4 }, MemoryInfo: { SizeInMiB: 8192 } } as const
  const offerings = toOfferings([info], [{ type: "c5.xlarge", zone: "a" }], new Map([["c5.xlarge a", 60_000]]), {})
  expect(offerings.map(({ market, microUsdPerHour }) => [market, microUsdPerHour])).toEqual([
    ["on-demand", 170_000],
    ["spot", 60_000]
  ])
  expect(offerings[0]?.capacity).toEqual({ cpuMilli: 4000, memoryBytes: 8 * 2 ** 30, gpuMilli: 0 })
  const odd = { ...info, InstanceType: "z9.metal" } as never
  expect(toOfferings([odd], [{ type: "z9.metal", zone: "a" }], new Map(), {})[0]).toMatchObject({ priceUnknown: true })
})

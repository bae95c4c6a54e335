import { absent, type Capabilities, emulated, type Feature, features, native, type Support } from "@orrery/core"
import { catalogue } from "./catalogue.ts"
import type { Profile } from "./Profile.ts"

const everyFeature = (support: Support): { readonly [F in Feature]: Support } =>
  Object.fromEntries(Object.keys(features).map((feature) => [feature, support])) as { [F in Feature]: Support }

const noLimit = { nodesPerPoolMax: 100_000, replicasMax: 1_000_000, tasksPerJobMax: 1_000_000, nameLengthMax: 63 }
const hour = 3_600_000
const day = 24 * hour
const hostGaps: Partial<Capabilities> = {
  portForward: absent("a simulated container listens on no port"),
  usage: absent("a simulated container measures nothing")
}
const rentsNone = absent("its machines are there already and are nobody's to rent")

/** Everything at once, in any amount, and nothing ever fails: for tests of what is above. */
export const ideal: Profile = {
  name: "ideal",
  capabilities: { ...everyFeature(native), ...hostGaps, limits: noLimit },
  offerings: catalogue,
  callMs: { min: 0, max: 0 },
  pageSize: 1_000_000,
  callsBurst: 1_000_000,
  callsPerSecond: 1_000_000,
  bootMs: { min: 0, max: 0 },
  endMs: { min: 0, max: 0 },
  shownAfterEndMs: hour,
  readLagMs: { min: 0, max: 0 },
  tokenMs: 365 * day,
  pullMs: { min: 0, max: 0 },
  podEndMs: { min: 0, max: 0 },
  quotaCpuMilli: Number.MAX_SAFE_INTEGER,
  market: {
    available: { "on-demand": { min: 1_000_000, max: 1_000_000 }, spot: { min: 1_000_000, max: 1_000_000 } },
    spotLifeMsMean: 0,
    noticesMs: [0],
    spotPricePerMille: 0
  },
  standing: []
}

/** Rents machines, slowly and within quotas; lists lag; spot machines come and go. */
export const aws: Profile = {
  ...ideal,
  name: "aws",
  capabilities: {
    ...ideal.capabilities,
    gpuShares: emulated("placed by Orrery, kept apart by nobody"),
    limits: { ...noLimit, nodesPerPoolMax: 1_000, nameLengthMax: 63 }
  },
  callMs: { min: 40, max: 250 },
  pageSize: 1_000,
  callsBurst: 100,
  callsPerSecond: 20,
  bootMs: { min: 35_000, max: 95_000 },
  endMs: { min: 15_000, max: 45_000 },
  readLagMs: { min: 0, max: 2_000 },
  tokenMs: 2 * day,
  pullMs: { min: 2_000, max: 30_000 },
  podEndMs: { min: 50, max: 1_500 },
  quotaCpuMilli: 1_152_000,
  market: {
    available: { "on-demand": { min: 20, max: 200 }, spot: { min: 0, max: 40 } },
    spotLifeMsMean: 20 * hour,
    noticesMs: [0, 30_000, 120_000, 120_000],
    spotPricePerMille: 200
  }
}

/** A cluster of standing nodes that runs deployments and jobs and rents no machine. */
export const k8s: Profile = {
  ...ideal,
  name: "k8s",
  capabilities: {
    ...ideal.capabilities,
    clusters: rentsNone,
    nodePools: rentsNone,
    spot: rentsNone,
    scaleToZero: rentsNone,
    stopStart: rentsNone,
    leases: rentsNone,
    gpuShares: absent("whole GPUs only"),
    hold: emulated("a suspended job's pods are deleted")
  },
  callMs: { min: 2, max: 20 },
  pageSize: 500,
  callsBurst: 400,
  callsPerSecond: 100,
  readLagMs: { min: 0, max: 50 },
  pullMs: { min: 500, max: 12_000 },
  podEndMs: { min: 50, max: 2_000 },
  standing: [
    { instanceType: "m5.2xlarge", count: 6 },
    { instanceType: "p3.2xlarge", count: 2 }
  ]
}

/** A pool of standing machines that runs jobs and nothing else; answers come slowly. */
export const condor: Profile = {
  ...k8s,
  name: "condor",
  capabilities: {
    ...k8s.capabilities,
    deployments: absent("a job queue keeps nothing running"),
    rollingUpdate: absent("a job queue keeps nothing running"),
    rollback: absent("a job queue keeps nothing running"),
    deploymentEvents: absent("a job queue keeps nothing running"),
    exec: absent("a job is not open to commands"),
    logsFollow: emulated("output is fetched again and again"),
    hold: native
  },
  callMs: { min: 50, max: 900 },
  callsBurst: 50,
  callsPerSecond: 8,
  readLagMs: { min: 0, max: 5_000 },
  podEndMs: { min: 200, max: 5_000 }
}

/** The profiles by name. */
export const profiles = { ideal, aws, k8s, condor } as const
export type ProfileName = keyof typeof profiles

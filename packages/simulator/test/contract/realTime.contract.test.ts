import { type Backend, shellCommands } from "@orrery/contract"
import { contract } from "@orrery/contract/vitest"
import { layer } from "../../src/provider/module.ts"
import { type ProfileName, profiles } from "../../src/provider/profiles.ts"

/** The backend as a program in real time has it: looks take no time of it, so that time passes between calls. */
const inRealTime = (profile: ProfileName): Backend => {
  const services = layer({ profile, betweenCallsMs: 1_000, fleet: { everyMs: 2_000 } })
  return {
    name: `${profile} in real time`,
    services: profile === "aws" ? { clusters: services } : { containers: services, jobs: services },
    capabilities: profiles[profile].capabilities,
    pace: { settleMs: 600_000, pollMs: 1, timeoutMs: 90_000 },
    fixtures: {
      prefix: "rt",
      provider: profile === "aws" ? "aws" : "kubernetes",
      region: "us-west-2",
      instanceTypes: ["c5.xlarge", "c5.2xlarge"],
      image: "busybox",
      requests: { cpuMilli: 100, memoryBytes: 64 * 2 ** 20, gpuMilli: 0 },
      commands: shellCommands,
      listed: 7
    }
  }
}

for (const profile of ["k8s", "aws"] as const) contract(inRealTime(profile))

import { shellCommands } from "@orrery/contract"
import { contract } from "@orrery/contract/vitest"
import { production } from "@orrery/core"
import { capabilities, layer } from "../src/index.ts"
import { foreign } from "./foreign.ts"
import { config } from "./server.ts"

contract({
  name: "a strict EC2 server",
  services: { clusters: production()(layer(config, { everyMs: 200 })) },
  capabilities,
  pace: { settleMs: 90_000, pollMs: 200, timeoutMs: 240_000 },
  fixtures: {
    prefix: "ct",
    provider: "aws",
    region: "us-east-1",
    instanceTypes: ["c5.xlarge", "c5.2xlarge"],
    image: "busybox",
    requests: { cpuMilli: 100, memoryBytes: 64 * 2 ** 20, gpuMilli: 0 },
    commands: shellCommands,
    listed: 7
  },
  lacks: { leases: "the server's machines run nothing, and so do not end themselves" },
  foreign
})

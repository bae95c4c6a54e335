import { contract } from "@orrery/contract/vitest"
import { production } from "@orrery/core"
import { capabilities, hostImage } from "../src/index.ts"
import { foreign } from "./foreign.ts"
import { pool } from "./pool.ts"

const shell = (line: string) => ["/bin/sh", "-c", line]

contract({
  name: "an HTCondor pool",
  services: { jobs: production()(pool), clusters: production()(pool) },
  capabilities,
  pace: { settleMs: 90_000, pollMs: 300, timeoutMs: 240_000 },
  fixtures: {
    prefix: "ct",
    provider: "htcondor",
    instanceTypes: ["X86_64"],
    image: hostImage,
    otherNamespace: "other",
    requests: { cpuMilli: 1000, memoryBytes: 64 * 2 ** 20, gpuMilli: 0 },
    commands: {
      forever: shell("sleep 86400"),
      prints: (...lines) => shell(lines.map((line) => `echo ${line}`).join("; ")),
      printsOn: (...lines) => shell([...lines.map((line) => `echo ${line}`), "sleep 86400"].join("; ")),
      exits: (code) => shell(`exit ${code}`)
    },
    listed: 7
  },
  foreign
})

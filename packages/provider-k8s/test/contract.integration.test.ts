import { type Backend, shellCommands } from "@orrery/contract"
import { contract } from "@orrery/contract/vitest"
import { production } from "@orrery/core"
import { describe } from "vitest"
import { capabilities, layer } from "../src/index.ts"
import { foreign } from "./foreign.ts"
import { startWithKubelet } from "./kubelet.ts"

const config = startWithKubelet("contract")
const services = production()(layer(config))

/** Checks of one service look at all that it has, so they wait for each other; those of another need not. */
const checkAlone = (name: string, services: Backend["services"]) =>
  describe.concurrent(name, () => {
    describe("each after the other", { concurrent: false }, () =>
      contract({
        name: "a Kubernetes cluster",
        services,
        capabilities,
        // the job controller waits 10 s, then 20 s, before it tries a failed task again
        pace: { settleMs: 60_000, pollMs: 300, timeoutMs: 120_000 },
        fixtures: {
          prefix: "ct",
          provider: "kubernetes",
          instanceTypes: ["unknown"],
          image: "busybox:1",
          otherNamespace: "kube-public",
          requests: { cpuMilli: 10, memoryBytes: 8 * 2 ** 20, gpuMilli: 0 },
          commands: shellCommands,
          listed: 7
        },
        foreign: foreign(config)
      })
    )
  })

checkAlone("machines", { clusters: services })
checkAlone("deployments", { containers: services })
checkAlone("jobs", { jobs: services })

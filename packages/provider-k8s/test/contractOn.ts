import { type Backend, shellCommands } from "@orrery/contract"
import { contract } from "@orrery/contract/vitest"
import { production } from "@orrery/core"
import { describe } from "vitest"
import { capabilities, type K8sConfig, layer } from "../src/index.ts"
import { foreign } from "./foreign.ts"

/** A way to a control plane with a real node, and how the contract fits it. */
export interface Contracted extends Pick<Backend, "name" | "pace"> {
  readonly config: K8sConfig
  /** A way that always holds, on which others do what we must not touch. */
  readonly direct?: K8sConfig
  /** Begins every name. */
  readonly prefix: string
  readonly otherNamespace?: string
  /** Tries of one call, where a wire breaks far more often than any should. */
  readonly attemptsMax?: number
}

/**
 * Registers the contract. Checks of one service look at all that it has, so they wait for each other; those of another
 * need not.
 */
export const contractOn = (contracted: Contracted): void => {
  const { attemptsMax = 6, config, direct = config, name, otherNamespace, pace, prefix } = contracted
  const all = production({ retry: { attemptsMax } })(layer(config))
  const check = (part: string, services: Backend["services"]) =>
    describe.concurrent(part, () => {
      describe("each after the other", { concurrent: false }, () =>
        contract({
          name,
          services,
          capabilities,
          pace,
          fixtures: {
            prefix,
            provider: "kubernetes",
            instanceTypes: ["unknown"],
            image: "busybox:1",
            requests: { cpuMilli: 10, memoryBytes: 8 * 2 ** 20, gpuMilli: 0 },
            commands: shellCommands,
            listed: 7,
            ...(otherNamespace === undefined ? {} : { otherNamespace })
          },
          foreign: foreign(direct)
        })
      )
    })
  check("machines", { clusters: all })
  check("deployments", { containers: all })
  check("jobs", { jobs: all })
}

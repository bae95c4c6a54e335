import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Backend, shellCommands } from "@orrery/contract"
import { contract } from "@orrery/contract/vitest"
import { production } from "@orrery/core"
import { capabilities, layer } from "@orrery/provider-k8s"
import { afterAll, describe, expect } from "vitest"
import { foreign } from "../../../packages/provider-k8s/test/foreign.ts"
import { startWithKubelet } from "../../../packages/provider-k8s/test/kubelet.ts"
import { drawn } from "../FaultPlan.ts"
import { FaultProxy } from "../FaultProxy.ts"

const seed = Number(process.env.ORRERY_FAULT_SEED ?? 1)
const direct = startWithKubelet("faults")
const proxy = await FaultProxy.open(direct.kubeconfig ?? "")
const kubeconfig = join(mkdtempSync(join(tmpdir(), "orrery-faults-")), "kubeconfig")
writeFileSync(kubeconfig, proxy.kubeconfig)
proxy.plan = drawn({ seed, percent: 12, inRowMax: 2 })

const services = production()(layer({ kubeconfig }))

afterAll(async () => {
  const faults = proxy.records.flatMap(({ fault }) => fault ?? [])
  const counts = Object.entries(Object.groupBy(faults, (type) => type)).map(
    ([type, all = []]) => `${all.length} ${type}`
  )
  console.info(`seed ${seed}: ${proxy.records.length} requests, of which ${counts.join(", ")}`)
  await proxy.close()
  expect(faults.length).toBeGreaterThan(proxy.records.length / 20)
})

/** Checks of one service look at all that it has, so they wait for each other; those of another need not. */
const checkAlone = (name: string, services: Backend["services"]) =>
  describe.concurrent(name, () => {
    describe("over a wire that breaks", { concurrent: false }, () =>
      contract({
        name: "a Kubernetes cluster whose wire breaks",
        services,
        capabilities,
        pace: { settleMs: 90_000, pollMs: 300, timeoutMs: 180_000 },
        fixtures: {
          prefix: "fp",
          provider: "kubernetes",
          instanceTypes: ["unknown"],
          image: "busybox:1",
          requests: { cpuMilli: 10, memoryBytes: 8 * 2 ** 20, gpuMilli: 0 },
          commands: shellCommands,
          listed: 7
        },
        // others are looked at over a wire that holds
        foreign: foreign(direct)
      })
    )
  })

checkAlone("machines", { clusters: services })
checkAlone("deployments", { containers: services })
checkAlone("jobs", { jobs: services })

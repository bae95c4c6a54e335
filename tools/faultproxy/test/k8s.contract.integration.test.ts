import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect } from "vitest"
import { contractOn } from "../../../packages/provider-k8s/test/contractOn.ts"
import { startWithKubelet } from "../../../packages/provider-k8s/test/kubelet.ts"
import { drawn } from "../FaultPlan.ts"
import { FaultProxy } from "../FaultProxy.ts"

const seed = Number(process.env.ORRERY_FAULT_SEED ?? 1)
const direct = startWithKubelet("faults")
const proxy = await FaultProxy.open(direct.kubeconfig ?? "")
const kubeconfig = join(mkdtempSync(join(tmpdir(), "orrery-faults-")), "kubeconfig")
writeFileSync(kubeconfig, proxy.kubeconfig)
proxy.plan = drawn({ seed, percent: 12, inRowMax: 2 })

afterAll(async () => {
  const faults = proxy.records.flatMap(({ fault }) => fault ?? [])
  const counts = Object.entries(Object.groupBy(faults, (type) => type)).map(
    ([type, all = []]) => `${all.length} ${type}`
  )
  console.info(`seed ${seed}: ${proxy.records.length} requests, of which ${counts.join(", ")}`)
  await proxy.close()
  expect(faults.length).toBeGreaterThan(proxy.records.length / 20)
})

contractOn({
  name: "a Kubernetes cluster whose wire breaks",
  config: { kubeconfig },
  // others are looked at over a wire that holds
  direct,
  prefix: "fp",
  attemptsMax: 10,
  pace: { settleMs: 120_000, pollMs: 300, timeoutMs: 300_000 }
})

import { execFileSync } from "node:child_process"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"
import type { K8sConfig } from "../src/index.ts"

const main = join(import.meta.dirname, "../../../tools/backends/main.ts")
const backends = (...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, ["--conditions=@orrery/source", main, ...args], { encoding: "utf8", stdio: "pipe" })

/** A control plane of this test file's own, beside the one of `test:real`, with a real node that runs what it is told. */
export const startWithKubelet = (name: string, ...more: ReadonlyArray<string>): K8sConfig => {
  const beside = dirname(dirname(process.env.ORRERY_K8S_KUBECONFIG ?? ""))
  const state = join(beside, `${name}-${process.pid}`)
  // dead containers are started again soon enough for a test to see
  const config = join(import.meta.dirname, "kubelet.yaml")
  backends("start", "k8s", "--with", "kubelet", "--kubelet-config", config, "--state", state, ...more)
  afterAll(() => void backends("stop", state))
  return { kubeconfig: join(state, "kubeconfig") }
}

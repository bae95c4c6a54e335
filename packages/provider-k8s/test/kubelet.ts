import { execFileSync } from "node:child_process"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"
import type { K8sConfig } from "../src/index.ts"

const main = join(import.meta.dirname, "../../../tools/backends/main.ts")
const backends = (...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, ["--conditions=@orrery/source", main, ...args], { encoding: "utf8", stdio: "pipe" })

/** A control plane of this test file's own, beside the one of `test:real` where there is one. */
export const startBeside = (name: string, ...options: ReadonlyArray<string>): K8sConfig => {
  const { ORRERY_K8S_KUBECONFIG: other } = process.env
  const beside = other === undefined ? tmpdir() : dirname(dirname(other))
  const state = join(beside, `${name}-${process.pid}`)
  backends("start", "k8s", "--state", state, ...options)
  afterAll(() => void backends("stop", state))
  return { kubeconfig: join(state, "kubeconfig") }
}

/** The same with a real node that runs what it is told; dead containers start again soon enough for a test to see. */
export const startWithKubelet = (name: string, ...more: ReadonlyArray<string>): K8sConfig =>
  startBeside(name, "--with", "kubelet", "--kubelet-config", join(import.meta.dirname, "kubelet.yaml"), ...more)

import { execFileSync } from "node:child_process"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll } from "vitest"

const main = join(import.meta.dirname, "../../../tools/backends/main.ts")
const backends = (...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, ["--conditions=@orrery/source", main, ...args], { encoding: "utf8", stdio: "pipe" })

/** A control plane of this test file's own, with a real node that runs what it is told; gives its kubeconfig. */
export const startWithKubelet = (name: string, ...more: ReadonlyArray<string>): string => {
  const { ORRERY_K8S_KUBECONFIG: other } = process.env
  const state = join(other === undefined ? tmpdir() : dirname(dirname(other)), `${name}-${process.pid}`)
  backends("start", "k8s", "--state", state, "--with", "kubelet", ...more)
  afterAll(() => void backends("stop", state))
  return join(state, "kubeconfig")
}

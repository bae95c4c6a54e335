import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"
import { startWithKubelet } from "./kubelet.ts"

const { kubeconfig = "" } = startWithKubelet("example")
const main = join(import.meta.dirname, "../../../examples/embed-k8s/main.ts")

it("an app without Effect deploys, scales, follows logs, runs a job and cleans up", () => {
  const args = ["--conditions=@orrery/source", main, kubeconfig]
  const said = execFileSync(process.execPath, args, { encoding: "utf8", timeout: 240_000 }).trim().split("\n")
  expect(said[0]).toMatch(/^embedded-.*: ready$/)
  expect(said).toContain("job: succeeded")
  expect(said).toContain("task 0")
  expect(said).toContain("task 1")
  expect(said.at(-1)).toBe("all gone")
})

import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { LaunchRequest } from "@orrery/core"
import { expect, it } from "vitest"
import { parse } from "yaml"
import { bootstrap } from "../src/bootstrap.ts"

const request: LaunchRequest = {
  token: "secret-token",
  owner: { cluster: "production", pool: "general", machine: "general-1", template: "abc" },
  instanceType: "c5.xlarge",
  market: "on-demand",
  network: { subnets: [], securityGroups: [] },
  labels: { tier: "web", odd: `"quoted": 'and' # more` },
  taints: [{ key: "gpu", value: "true", effect: "NoSchedule" }]
}
const leased = { ...request, leaseUntilMs: 1_000 }

interface CloudConfig {
  readonly write_files: ReadonlyArray<{ readonly path: string; readonly content: string; readonly permissions: string }>
}
const read = (text: string | undefined): CloudConfig => parse(text ?? "")
const fileOf = (text: string | undefined, path: string): string =>
  read(text).write_files.find((file) => file.path === path)?.content ?? ""

it("a bare machine without a lease needs nothing", () => {
  expect(bootstrap(request)).toBeUndefined()
})

it.each<[string, LaunchRequest["runtime"]]>([
  ["nothing", undefined],
  ["podman", { type: "podman" }],
  ["containerd-1.6", { type: "containerd", version: "1.6" }]
])("what a machine with %s for containers is told at its first boot [R110]", async (name, runtime) => {
  const asked = runtime === undefined ? leased : { ...leased, runtime }
  await expect(bootstrap(asked)).toMatchFileSnapshot(`golden/${name}.cloud-config.yaml`)
})

it("labels and taints arrive as they were, whatever is in them, and no token does", () => {
  const text = bootstrap({ ...request, runtime: { type: "podman" } })
  expect(JSON.parse(fileOf(text, "/etc/orrery/machine.json"))).toEqual({
    cluster: "production",
    pool: "general",
    machine: "general-1",
    labels: request.labels,
    taints: request.taints
  })
  expect(text).not.toContain("secret-token")
})

/** Runs the lease's script with these words for the metadata server's answer; tells whether it shut the machine down. */
const shutsDown = (answer: string): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "orrery-lease-"))
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  program("curl", answer)
  program("shutdown", `touch "${folder}/ended"`)
  program("lease", fileOf(bootstrap(leased), "/usr/local/sbin/orrery-lease"))
  execFileSync("/bin/sh", [join(folder, "lease")], { env: { PATH: `${folder}:${process.env.PATH}` } })
  const ended = existsSync(join(folder, "ended"))
  rmSync(folder, { recursive: true })
  return ended
}

it.each([
  ["its lease was over long ago", "echo 1000", true],
  ["its lease is not over", "echo 9999999999000", false],
  ["nobody answers", "exit 22", false],
  ["the answer is no time", "echo '<html>'", false],
  ["there is no answer", "true", false]
])("a machine ends by itself only when it knows that its lease is over: %s", (_, answer, ended) => {
  expect(shutsDown(answer)).toBe(ended)
})

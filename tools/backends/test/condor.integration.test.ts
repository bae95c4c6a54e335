import { execFileSync } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const condor = (tool: string, args: ReadonlyArray<string>, input?: string): string =>
  execFileSync(join(process.env.ORRERY_CONDOR_BIN ?? "", `condor_${tool}`), args, {
    encoding: "utf8",
    ...(input === undefined ? {} : { input })
  })

describe("the HTCondor server is a pool of three machines", () => {
  it("shows them with their sizes, GPUs and attributes", () => {
    const columns = ["TotalCpus", "TotalGPUs", "Region"]
    const rows = condor("status", ["-constraint", 'SlotType == "Partitionable"', "-af", ...columns])
      .trim()
      .split("\n")
    expect(rows.toSorted()).toEqual(["128.0 0 there", "16.0 4 there", "64.0 0 here"])
  })

  it("runs a job that writes where its submitter can read", () => {
    const dir = mkdtempSync(join(process.env.ORRERY_CONDOR_JOBS ?? "", "smoke-"))
    chmodSync(dir, 0o777)
    const lines = [
      "executable = /bin/sh",
      `arguments = "-c 'echo here'"`,
      `initialdir = ${dir}`,
      "output = out",
      "log = log",
      "request_cpus = 1",
      "request_memory = 10",
      "queue"
    ]
    condor("submit", ["-terse", "-"], lines.join("\n"))
    condor("wait", ["-wait", "120", join(dir, "log")])
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("here\n")
  })
})

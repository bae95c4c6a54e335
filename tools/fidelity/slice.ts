// A few fresh seeds against the real schedulers, for CI: `npm run fidelity [-- COUNT]`. The seeds follow from the commit, so
// that each commit tries others and a red one can be tried again. What cannot run here is named and is no failure.
import { spawnSync } from "node:child_process"
import { condor } from "../backends/condor.ts"
import { k8s } from "../backends/k8s.ts"

const count = Number(process.argv[2] ?? 20)
const commit = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim()
const first = 1_000_000 + Number.parseInt(commit.slice(0, 6) || "1", 16)
const slices = [
  { backend: k8s, tool: "tools/fidelity/kube.ts", flag: "--seeds" },
  { backend: condor, tool: "tools/fidelity/condor.ts", flag: "--pools" }
]

for (const { backend, flag, tool } of slices) {
  const lacking = await backend.lacks()
  if (lacking !== undefined) {
    console.log(`${tool}: not run: ${lacking}`)
    continue
  }
  const seeds = `${first}..${first + count - 1}`
  console.log(`${tool} ${flag} ${seeds}`)
  const { status } = spawnSync(process.execPath, ["--conditions=@orrery/source", tool, flag, seeds, "--keep-going"], {
    stdio: ["ignore", "inherit", "inherit"]
  })
  if (status !== 0) process.exitCode = 1
}

import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Report } from "./Backend.ts"
import { type Artifact, artifact, buildOnce, isBuilt } from "./cache.ts"
import { isOnPath, run } from "./run.ts"

const kubeVersion = "1.36.3"
const kwok = "sigs.k8s.io/kwok@v0.8.0"
const containerd = "github.com/containerd/containerd/v2"
const containerdVersion = "v2.2.9"

const sources = join(import.meta.dirname, "kube")
const sourceFiles = ["certificates.go", "go.mod", "go.sum", "main.go"].map((name) => join(sources, name))

// How a node becomes and stays ready, and how a pod on it starts, ends and goes away.
const stages = [
  "node/fast/node-initialize",
  "node/heartbeat-with-lease/node-heartbeat-with-lease",
  "pod/fast/pod-ready",
  "pod/fast/pod-complete",
  "pod/fast/pod-delete"
]

/** The compiled control plane, kwok and containerd. */
export const kubeBinaries = (): Artifact =>
  artifact(`kube-${kubeVersion}`, sourceFiles, [kwok, containerd, containerdVersion, ...stages])

/** What this machine lacks to compile them, or nothing. */
export const lacksForKube = async (): Promise<string | undefined> =>
  isBuilt(kubeBinaries()) || (await isOnPath("go")) ? undefined : "no Go on the PATH"

const compileKube = (dir: string): Promise<string> => {
  const version = "k8s.io/component-base/version"
  const [major, minor] = kubeVersion.split(".")
  const set = { gitVersion: `v${kubeVersion}`, gitMajor: major, gitMinor: minor }
  const flags = Object.entries(set).map(([name, value]) => `-X ${version}.${name}=${value}`)
  const build = ["go", "build", "-trimpath", "-ldflags", `-s -w ${flags.join(" ")}`, "-o", join(dir, "kube"), "."]
  return run(build, { cwd: sources, env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" } })
}

const install = (dir: string, packages: ReadonlyArray<string>): Promise<string> => {
  const tags = ["-tags", "no_btrfs no_devmapper no_zfs"]
  return run(["go", "install", "-trimpath", "-ldflags", "-s -w", ...tags, ...packages], {
    cwd: dir,
    env: { CGO_ENABLED: "0", GOBIN: dir }
  })
}

const metricsServer = "sigs.k8s.io/metrics-server/cmd/metrics-server@v0.9.0"

/** The compiled metrics server: apart, as few need it and it brings its own versions of everything. */
export const metricsBinary = (): Artifact => artifact("kube-metrics", [], [metricsServer])

/** Compiles the metrics server, once. Takes 2 to 5 minutes on two cores the first time. */
export const buildMetrics = (report: Report): Promise<void> =>
  buildOnce(metricsBinary(), "metrics server", report, async (dir, step) => {
    step("compiling it (2 to 5 minutes the first time)")
    await install(dir, [metricsServer])
  })

/** kwok's own definitions come with its module's sources. */
const copyDefinitions = async (dir: string): Promise<void> => {
  const modules = (await run(["go", "env", "GOMODCACHE"])).trim()
  const from = join(modules, kwok, "kustomize")
  mkdirSync(join(dir, "crds"))
  for (const name of readdirSync(join(from, "crd", "bases"))) {
    copyFileSync(join(from, "crd", "bases", name), join(dir, "crds", name))
    chmodSync(join(dir, "crds", name), 0o644)
  }
  const texts = stages.map((name) => readFileSync(join(from, "stage", `${name}.yaml`), "utf8"))
  writeFileSync(join(dir, "stages.yaml"), texts.join("\n---\n"))
}

/** Compiles them, once. Takes 8 to 20 minutes on two cores the first time. */
export const buildKube = (report: Report): Promise<void> =>
  buildOnce(kubeBinaries(), "kube", report, async (dir, step) => {
    step("compiling the control plane (8 to 20 minutes the first time)")
    await compileKube(dir)
    step("compiling kwok")
    await install(dir, [kwok.replace("@", "/cmd/kwok@")])
    step("compiling containerd")
    const commands = ["containerd", "containerd-shim-runc-v2", "ctr"]
    await install(
      dir,
      commands.map((name) => `${containerd}/cmd/${name}@${containerdVersion}`)
    )
    await copyDefinitions(dir)
  })

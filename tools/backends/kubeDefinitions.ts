import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { Report } from "./Backend.ts"
import { type Artifact, artifact, buildOnce } from "./cache.ts"
import { outcome, run } from "./run.ts"
import { waitFor } from "./waitFor.ts"

/** Kinds of others whose definitions come with their Go modules, and where they lie in them. */
const modules = [
  { module: "github.com/kubeflow/training-operator@v1.8.1", folder: "manifests/base/crds" },
  { module: "knative.dev/serving@v0.42.2", folder: "config/core/300-resources" },
  { module: "sigs.k8s.io/karpenter@v1.8.0", folder: "pkg/apis/crds" },
  { module: "sigs.k8s.io/cluster-api@v1.11.0", folder: "config/crd/bases" },
  { module: "github.com/ray-project/kuberay/ray-operator@v1.4.2", folder: "config/crd/bases" }
] as const

const definitions = (): Artifact =>
  artifact(
    "kube-definitions",
    [],
    modules.map(({ folder, module }) => `${module} ${folder}`)
  )

const isDefinition = (name: string): boolean => name.endsWith(".yaml") && name !== "kustomization.yaml"

/** Fetches the definitions of training jobs, Knative services, Ray clusters and makers of machines, once. */
export const buildDefinitions = (report: Report): Promise<void> =>
  buildOnce(definitions(), "definitions", report, async (dir, step) => {
    step("fetching them")
    const target = join(dir, "crds")
    mkdirSync(target)
    for (const { folder, module } of modules) {
      const told = JSON.parse(await run(["go", "mod", "download", "-json", module], { cwd: dir })) as {
        readonly Dir: string
      }
      for (const name of readdirSync(join(told.Dir, folder)).filter(isDefinition)) {
        const file = join(target, `${module.split("@")[0]?.replaceAll("/", "_")}_${name}`)
        copyFileSync(join(told.Dir, folder, name), file)
        chmodSync(file, 0o644)
      }
    }
  })

const perDefinition =
  '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Established")].status}{"\\n"}{end}'

/** Asked in one call: `kubectl wait` asks for each, and calls one that has no conditions yet an error. */
const established = async (kubectl: string): Promise<string | undefined> => {
  const answer = await outcome([kubectl, "get", "crd", "-o", `jsonpath=${perDefinition}`])
  const waiting = answer.stdout.split("\n").filter((line) => line !== "" && !line.endsWith("=True"))
  return answer.code === 0 && waiting.length === 0 ? undefined : `${answer.stderr.trim()} ${waiting.join(" ")}`
}

/** Makes the kinds of a folder known to an API server. Nothing acts on them yet: it only takes and keeps what fits. */
export const applyFolder = async (kubectl: string, folder: string): Promise<void> => {
  await run([kubectl, "apply", "--server-side", "-f", folder])
  await waitFor("k8s: definitions", 60_000, () => established(kubectl))
}

/** Makes the kinds of training jobs, Knative services, Ray clusters and makers of machines known to an API server. */
export const applyDefinitions = (kubectl: string): Promise<void> =>
  applyFolder(kubectl, join(definitions().dir, "crds"))

import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import type { ConfigFields } from "@orrery/core"
import type { MachinesConfig } from "../machines/MachineMaker.ts"

/** How to reach a Kubernetes API server. What is left out is found as kubectl finds it. */
export interface K8sConfig {
  /** A kubeconfig file, or a list of them as in `KUBECONFIG`; the first one that names a thing wins. */
  readonly kubeconfig?: string
  /** One of the kubeconfig's contexts; its current one where none is named. */
  readonly context?: string
  /** Where things are looked for that name no namespace. */
  readonly namespace?: string
  /** Trusts any certificate, and sends credentials over plain http. Whoever asks for that is warned. */
  readonly insecure?: boolean
  /** Who makes machines when asked through this API server; left out, nobody does. */
  readonly machines?: MachinesConfig
}

/** Every field of `K8sConfig`. */
export const configFields: ConfigFields<K8sConfig> = {
  kubeconfig: "optional",
  context: "optional",
  namespace: "optional",
  insecure: "optional",
  machines: "optional"
}

/** The environment of this process, as far as it is read. */
export interface Surroundings {
  readonly KUBECONFIG?: string | undefined
  readonly home: string
}

/** Where a kubeconfig is looked for, in order. Only a file that somebody named on its own must exist. */
export const kubeconfigFiles = (
  { kubeconfig }: K8sConfig,
  { KUBECONFIG, home }: Surroundings = { KUBECONFIG: process.env.KUBECONFIG, home: homedir() }
): ReadonlyArray<string> => {
  const listed = (kubeconfig ?? KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "")
  const files = listed.length > 0 ? listed : [join(home, ".kube", "config")]
  return files.map((file) => (file === "~" || file.startsWith("~/") ? join(home, file.slice(2)) : file))
}

/** Where a namespace may be said, from what counts first to what counts last. */
export interface NamespaceSaid {
  readonly parameter?: string | undefined
  readonly variable?: string | undefined
  readonly file?: string | undefined
  readonly context?: string | undefined
}

/** The namespace that counts: as a parameter, in `KT_NAMESPACE`, in `~/.kt/config.yaml`, in the context, or `default`. */
export const namespaceSaid = ({ context, file, parameter, variable }: NamespaceSaid): string =>
  [parameter, variable, file, context].find((said) => said !== undefined && said !== "") ?? "default"

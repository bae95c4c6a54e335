import type { ComputeOptions } from "./ComputeOptions.ts"

/** What the place a program runs in says, read by whoever has it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** `~/.kt/config.yaml`. */
  readonly config?: { readonly namespace?: string; readonly username?: string; readonly queue?: string }
  /** The namespace of the kubeconfig's current context. */
  readonly contextNamespace?: string
}

/** Fills what was left out: first from variables, then from the configuration file, then from the kubeconfig. */
export const inSurroundings = (
  options: ComputeOptions,
  { config, contextNamespace, env }: Surroundings
): ComputeOptions => {
  const queue = options.queue ?? env.KT_QUEUE ?? config?.queue
  const username = options.username ?? env.KT_USERNAME ?? config?.username
  const level = options.loggingConfig?.level ?? env.KT_LOG_LEVEL
  const kubeconfigPath = options.kubeconfigPath ?? env.KUBECONFIG
  return {
    ...options,
    namespace: options.namespace ?? env.KT_NAMESPACE ?? config?.namespace ?? contextNamespace ?? "default",
    launchTimeoutSeconds: options.launchTimeoutSeconds ?? Number(env.KT_LAUNCH_TIMEOUT ?? 900),
    gpuAntiAffinity: options.gpuAntiAffinity ?? env.KT_GPU_ANTI_AFFINITY?.toLowerCase() === "true",
    allowedSerialization: options.allowedSerialization ?? env.KT_ALLOWED_SERIALIZATION?.split(",") ?? ["json"],
    // a queue of Kueue was chosen: the default queue of KAI is not for this service
    ...(queue === undefined || options.queueName !== undefined ? {} : { queue }),
    ...(username === undefined ? {} : { username }),
    ...(level === undefined ? {} : { loggingConfig: { ...options.loggingConfig, level } }),
    ...(kubeconfigPath === undefined ? {} : { kubeconfigPath: kubeconfigPath.replace(/^~(?=\/|$)/, env.HOME ?? "~") })
  }
}

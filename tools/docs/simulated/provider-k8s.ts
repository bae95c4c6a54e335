import { simulatedProvider } from "./provider.ts"

/** What a page means by `@orrery/provider-k8s`, without a server. */
export const { layer } = simulatedProvider("k8s")

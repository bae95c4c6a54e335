import { simulatedProvider } from "./provider.ts"

/** What a page means by `@orrery/provider-k8s`, without a server. */
export const { layer, through } = simulatedProvider("k8s")

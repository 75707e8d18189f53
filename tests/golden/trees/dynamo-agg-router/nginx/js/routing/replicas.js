// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream, and
// where it says how it is.

export default {
    COUNT: 1,
    SLOTS: [0],
    ROUTES: ['r0'],
    READY: ['/v1/models/deepseek-ai%2FDeepSeek-R1-Distill-Llama-8B/ready'],
    HEALTH: ['/health'],
};

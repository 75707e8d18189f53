// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream,
// where it says how it is, and, a bit each, which are parked: those get nothing, well or not.

export default {
    COUNT: 1,
    SLOTS: [0],
    PARKED: 0b0,
    ROUTES: ['r0'],
    READY: ['/v1/models/deepseek-ai%2FDeepSeek-R1-Distill-Llama-8B/ready'],
    HEALTH: ['/health'],
};

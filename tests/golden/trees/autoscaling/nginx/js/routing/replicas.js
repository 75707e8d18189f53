// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream,
// where it says how it is, and, a bit each, which are parked: those get nothing, well or not.

export default {
    COUNT: 8,
    SLOTS: [256, 256, 256, 256, 256, 256, 256, 256],
    PARKED: 0b00000000,
    ROUTES: ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'],
    READY: ['/ready', '/ready', '/ready', '/ready', '/ready', '/ready', '/ready', '/ready'],
    HEALTH: ['/health', '/health', '/health', '/health', '/health', '/health', '/health', '/health'],
};

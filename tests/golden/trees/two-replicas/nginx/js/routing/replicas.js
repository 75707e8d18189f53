// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream, and
// where it says how it is.

export default {
    COUNT: 2,
    SLOTS: [256, 256],
    ROUTES: ['r0', 'r1'],
    READY: ['/ready', '/ready'],
    HEALTH: ['/health', '/health'],
};

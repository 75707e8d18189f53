// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream,
// where it says how it is, and, a bit each, which are parked: those get nothing, well or not.

export default {
    COUNT: 2,
    SLOTS: [320, 320],
    PARKED: 0b00,
    ROUTES: ['r0', 'r1'],
    READY: ['/ready', '/ready'],
    HEALTH: ['/health', '/health'],
};

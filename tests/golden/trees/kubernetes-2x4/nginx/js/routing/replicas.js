// The replicas in numbers, rendered: most requests each may have open, and its name in the upstream.

export default {
    COUNT: 2,
    SLOTS: [256, 256],
    ROUTES: ['r0', 'r1'],
};

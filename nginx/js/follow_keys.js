// Reads the files of keys once a second, if they changed.

import makeKeyFile from './key_file.js';

function follow(file, table) {
    try {
        makeKeyFile(file, ngx.shared[table]).renewed();
    } catch (error) {
        ngx.log(ngx.ERR, `${file} can't be read, the keys known before still count: ${error.message}`);
    }
}

function apiKeys(session) {
    follow(session.variables.api_keys_file, 'api_keys');
}

function adminKeys(session) {
    follow(session.variables.admin_keys_file, 'admin_keys');
}

export default {apiKeys, adminKeys};

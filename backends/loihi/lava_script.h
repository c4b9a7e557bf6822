/* The part of deploy_lava.py that is the same for every network. */
#ifndef HMN_BACKENDS_LOIHI_LAVA_SCRIPT_H
#define HMN_BACKENDS_LOIHI_LAVA_SCRIPT_H

extern const char lava_script_head[]; /* before the facts of the network */
extern const char lava_script_body[]; /* after them */

#endif

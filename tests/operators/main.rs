//! What the people who run a node count on: it stops and starts gently, waits for nobody for ever, can be
//! copied and restored, and says what is wrong with it.

mod listener;

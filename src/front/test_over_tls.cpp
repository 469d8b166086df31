// Linked beside the tests of the front, this lets every TestServer and Client speak TLS: the same stories must hold.
#include "front/test_client.h"

namespace {
[[maybe_unused]] const bool kSwitched = (kith::test::over_tls = true);
}

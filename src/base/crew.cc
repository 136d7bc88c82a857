#include "base/crew.h"

#include <new>
#include <system_error>

namespace lmz {

Crew::Crew(int wanted) {
  try {
    threads_.reserve(static_cast<size_t>(wanted) - 1);
    while (size() < wanted) {
      const int member = size();
      threads_.emplace_back([this, member] {
        work_.wait(nullptr);
        (*work_.load())(member);
      });
    }
  } catch (const std::system_error&) {
    // No more threads: those that have been started are the crew.
  } catch (const std::bad_alloc&) {
    // No memory for another one: likewise.
  }
}

Crew::~Crew() {
  static const std::function<void(int)> kNothing = [](int) {};
  if (work_.load() == nullptr) Begin(&kNothing);
  for (std::thread& thread : threads_) thread.join();
}

void Crew::Begin(const std::function<void(int)>* work) {
  work_.store(work);
  work_.notify_all();
}

void Crew::Run(const std::function<void(int)>& work) {
  Begin(&work);
  work(0);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace lmz

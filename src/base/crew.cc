#include "base/crew.h"

#include <system_error>

namespace lmz {

Crew::Crew(int wanted) {
  threads_.reserve(static_cast<size_t>(wanted) - 1);
  while (size() < wanted) {
    const int member = size();
    try {
      threads_.emplace_back([this, member] {
        work_.wait(nullptr);
        (*work_.load())(member);
      });
    } catch (const std::system_error&) {
      return;
    }
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

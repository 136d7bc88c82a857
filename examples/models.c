/* Lists the built-in models, and lets two threads share one. */
#include <lmz/lmz.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct job {
  const lmz_model* model;
  const char* text;
  size_t code_size;
  lmz_error error;
} job;

static void* Run(void* user) {
  job* my = user;
  char code[1000];
  lmz_compressor* compressor;
  if (lmz_compressor_create(&compressor, &my->error) == LMZ_OK &&
      lmz_compressor_set_model(compressor, my->model, &my->error) == LMZ_OK) {
    lmz_compressor_run(compressor, code, sizeof code, &my->code_size, my->text, strlen(my->text),
                       &my->error);
  }
  lmz_compressor_free(compressor);
  return NULL;
}

int main(void) {
  job jobs[2] = {{NULL, "Two threads compress at the same time,", 0, {LMZ_OK, ""}},
                 {NULL, "and the model is in memory only once.", 0, {LMZ_OK, ""}}};
  pthread_t threads[2];
  lmz_model* model;
  lmz_error error;
  size_t i;
  for (i = 0; lmz_built_in_name(i) != NULL; ++i) printf("%s\n", lmz_built_in_name(i));
  if (lmz_model_built_in(&model, "tiny", &error) != LMZ_OK) {
    fprintf(stderr, "%s\n", error.text);
    return 1;
  }
  for (i = 0; i < 2; ++i) {
    jobs[i].model = model;
    if (pthread_create(&threads[i], NULL, Run, &jobs[i]) != 0) return 1;
  }
  for (i = 0; i < 2; ++i) {
    pthread_join(threads[i], NULL);
    if (jobs[i].error.code != LMZ_OK) {
      fprintf(stderr, "%s\n", jobs[i].error.text);
      return 1;
    }
    printf("%zu bytes became %zu\n", strlen(jobs[i].text), jobs[i].code_size);
  }
  lmz_model_free(model);
  return 0;
}
